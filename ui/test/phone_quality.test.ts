import { describe, expect, it } from "vitest";
import { counted } from "../src/phone/quality";

const stat = (type: string, more: Record<string, unknown>) => ({ id: type, timestamp: 0, type, ...more }) as never;

describe("what a browser counted of a call", () => {
  it("is told in the report's units", () => {
    const found = counted([
      stat("inbound-rtp", { packetsReceived: 900, packetsLost: 100, jitter: 0.0125, totalSamplesReceived: 1_000, concealedSamples: 97 }),
      stat("remote-inbound-rtp", { roundTripTime: 0.08 }),
      stat("candidate-pair", { nominated: true, currentRoundTripTime: 0.5 }),
      stat("media-source", { totalAudioEnergy: 0.25 }),
    ]);
    expect(found).toEqual({ received: 900, received_lost: 100, jitter_us: 12_500, round_trip_us: 80_000, concealed_permille: 97, energy: 0.25 });
  });

  it("is nothing where the browser says nothing, and never senseless", () => {
    expect(counted([])).toEqual({ received: 0, received_lost: 0, jitter_us: 0, round_trip_us: 0, concealed_permille: 0, energy: 0 });
    expect(counted([stat("inbound-rtp", { jitter: -1 }), stat("remote-inbound-rtp", { roundTripTime: Number.NaN })])).toMatchObject({ jitter_us: 0, round_trip_us: 0 });
    expect(counted([stat("candidate-pair", { nominated: true, currentRoundTripTime: 999 })]).round_trip_us).toBe(60_000_000);
  });
});
