/** Files to and from the centre; the contract is docs/files.md. */
import type { Failure } from "../live/types";
import { failureOf } from "./calls";
import type { Attachment } from "./types";

const ASK_AGAIN = 500;

export class Refusal extends Error {
  constructor(readonly failure: Failure) {
    super(failure.code);
  }
}

/** The bytes of a file or of its small picture. */
export async function download(host: string, id: string, token: string, preview: boolean): Promise<Blob> {
  const response = await fetch(new URL(`/files/v1/${encodeURIComponent(id)}${preview ? "/preview" : ""}`, host), {
    mode: "cors",
    credentials: "omit",
    headers: { Authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Refusal(failureOf(await response.json().catch(() => null)));
  return response.blob();
}

/** Waits until a virus scanner is done with a file; rejects when it found something. */
async function settled(host: string, file: Attachment & { state?: string }, token: string): Promise<Attachment> {
  let { state = "clean" } = file;
  while (state === "scanning") {
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN));
    const response = await fetch(new URL(`/files/v1/${encodeURIComponent(file.id)}/state`, host), {
      mode: "cors",
      credentials: "omit",
      headers: { Authorization: `Bearer ${token}` },
    });
    const body = (await response.json()) as { state?: string };
    if (!response.ok) throw new Refusal(failureOf(body));
    state = body.state ?? "clean";
  }
  if (state === "infected") throw new Refusal({ code: "file.infected" });
  const { id, name, media_type, size } = file;
  return { id, name, media_type, size };
}

export interface Upload {
  done: Promise<Attachment>;
  stop(): void;
}

/** Sends one file; `progress` hears the share that left, 0…1. Rejects with a `Refusal`. */
export function upload(host: string, token: string, language: string, file: File, progress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const sent = new Promise<Attachment>((resolve, reject) => {
    const fail = (failure: Failure): void => reject(new Refusal(failure));
    request.open("POST", new URL("/files/v1/upload", host));
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept-Language", language);
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0);
    request.onerror = () => fail({ code: "chat.offline" });
    request.onabort = () => fail({ code: "chat.stopped" });
    request.onload = () => {
      let body: unknown = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // A proxy's page: judged by its status.
      }
      if (request.status < 300 && body) resolve(body as Attachment);
      else fail(body ? failureOf(body) : { code: request.status === 413 ? "file.too_large" : "chat.unknown" });
    };
    const form = new FormData();
    form.append("file", file, file.name);
    request.send(form);
  });
  return { done: sent.then((file) => settled(host, file, token)), stop: () => request.abort() };
}
