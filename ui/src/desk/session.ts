import type { Desk } from "./context";

const ASK_EVERY = 2_000;

/**
 * Signs in again beside the desk, so that nothing typed is lost: a window for the sign-in page, and a look every two
 * seconds whether this person is back. Somebody else's session never gets this desk's texts.
 */
export function signInAgain(desk: Desk, agent: string): void {
  const opened = window.open("/login/?next=/contacts/", "pasokh-sign-in", "popup,width=560,height=760");
  const look = async (): Promise<boolean> => {
    try {
      const response = await fetch("/api/v1/me", { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (!response.ok) return false;
      const me = (await response.json()) as { agent: string | null; name: string };
      opened?.close();
      if (me.agent === agent) {
        desk.memory.stranger = null;
        desk.client.resume();
      } else desk.memory.stranger = me.name;
      desk.redraw();
      return true;
    } catch {
      return false;
    }
  };
  const timer = setInterval(() => {
    if (desk.client.connection !== "refused") clearInterval(timer);
    else void look().then((found) => found && clearInterval(timer));
  }, ASK_EVERY);
}
