import { h } from "./element";

const SHOWN = /^image\/(png|jpeg|gif|webp)$/;
/** Larger pictures are not decoded for a preview. */
const MOST_BYTES = 30_000_000;

export function isPicture(mediaType: string): boolean {
  return SHOWN.test(mediaType);
}

/**
 * A picture drawn on a canvas, at most `most` pixels a side: no address of an image is needed, so no host page's CSP
 * forbids it. Resolves to null for what is no picture, whatever it calls itself.
 */
export async function pictureOf(data: Blob, name: string, most: number): Promise<HTMLCanvasElement | null> {
  if (data.size > MOST_BYTES) return null;
  try {
    const bitmap = await createImageBitmap(data);
    const scale = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
    const canvas = h("canvas", {
      class: "picture",
      role: "img",
      "aria-label": name,
      width: String(Math.max(1, Math.round(bitmap.width * scale))),
      height: String(Math.max(1, Math.round(bitmap.height * scale))),
    });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return canvas;
  } catch {
    return null;
  }
}
