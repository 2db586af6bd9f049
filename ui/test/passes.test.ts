import { describe, expect, it } from "vitest";
import { Passes } from "../src/widget/passes";

describe("tokens for files of earlier conversations", () => {
  it("are asked for once, again when they run out, and again after a refusal", async () => {
    let [now, asked, status] = [1_000_000, 0, 200];
    const post = (): Promise<{ status: number; body: unknown; retryAfter: number }> => {
      asked += 1;
      return Promise.resolve({ status, body: { token: `T${asked}`, expires_at: now + 600_000 }, retryAfter: 0 });
    };
    const passes = new Passes(post, "k", () => "V", () => now);
    expect(await Promise.all([passes.of("c"), passes.of("c")])).toEqual(["T1", "T1"]);
    now += 569_000;
    expect(await passes.of("c")).toBe("T1");
    now += 2_000;
    expect(await passes.of("c")).toBe("T2");
    status = 404;
    await expect(passes.of("d")).rejects.toThrow("404");
    status = 200;
    expect(await passes.of("d")).toBe("T4");
  });
});
