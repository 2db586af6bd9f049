/**
 * Passkey buttons: `data-passkey` get (sign in, confirm) or create, `data-url` where the ceremony's two steps are posted,
 * `data-next` where to go after signing in, `data-none` what to say when the person chose none.
 */

type Json = Record<string, unknown>;

class Refused extends Error {}

function bytes(text: string): ArrayBuffer {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0)).buffer;
}

function text(buffer: ArrayBuffer): string {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function post(url: string, body: Json): Promise<Json> {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
  const answer = await fetch(url, {
    method: "POST",
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as Json;
  if (!answer.ok) throw new Refused(String((said["error"] as Json | undefined)?.["message"] ?? answer.status));
  return said;
}

function described(listed: unknown): PublicKeyCredentialDescriptor[] {
  return ((listed as Json[] | undefined) ?? []).map((each) => ({ type: "public-key", id: bytes(String(each["id"])) }));
}

async function get(options: Json): Promise<Json> {
  const asked = {
    ...options,
    challenge: bytes(String(options["challenge"])),
    allowCredentials: described(options["allowCredentials"]),
  } as PublicKeyCredentialRequestOptions;
  const made = (await navigator.credentials.get({ publicKey: asked })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAssertionResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
    },
  };
}

async function create(options: Json): Promise<Json> {
  const user = options["user"] as Json;
  const asked = {
    ...options,
    challenge: bytes(String(options["challenge"])),
    user: { ...user, id: bytes(String(user["id"])) },
    excludeCredentials: described(options["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey: asked })) as PublicKeyCredential;
  const response = made.response as AuthenticatorAttestationResponse;
  return {
    ...common(made),
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports(),
    },
  };
}

function common(made: PublicKeyCredential): Json {
  return { id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: {} };
}

async function run(button: HTMLButtonElement): Promise<void> {
  const { passkey, url = "", next = "" } = button.dataset;
  const name = document.querySelector<HTMLInputElement>("[data-passkey-name]")?.value ?? "";
  const options = (await post(url, {}))["options"] as Json;
  const asked = (options["publicKey"] as Json | undefined) ?? options;
  const answer = passkey === "create" ? await create(asked) : await get(asked);
  const done = await post(url, { answer, name, next });
  location.assign(String(done["next"]));
}

function say(message: string): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-passkey-error]")) {
    place.textContent = message;
    place.hidden = message === "";
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>("[data-passkey]")) {
  if (!("PublicKeyCredential" in window)) break;
  button.hidden = false;
  const form = button.closest<HTMLElement>("[data-passkey-form]");
  if (form) form.hidden = false;
  button.addEventListener("click", () => {
    say("");
    button.disabled = true;
    run(button)
      // Whoever closes the browser's window, or takes too long, is told how to go on; so is one without a network.
      .catch((error: unknown) => say(error instanceof Refused ? error.message : (button.dataset["none"] ?? "")))
      .finally(() => (button.disabled = false));
  });
}
