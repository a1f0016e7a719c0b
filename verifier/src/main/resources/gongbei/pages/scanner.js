// Finds QR codes in pictures and in what a camera sees.

const FRAME_PIXELS = 800;
const PICTURE_PIXELS = [1_000, 500, 2_000];
const FRAME_INTERVAL_MILLIS = 80;

const reader = new Worker('/pages/qr-worker.js', { type: 'module' });
const awaited = new Map();
let nextId = 0;

reader.addEventListener('message', (event) => {
  awaited.get(event.data.id)?.(event.data.text);
  awaited.delete(event.data.id);
});

/** The brightness of each pixel of a picture, scaled down to fit. */
function luminancesOf(picture, width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  const w = Math.max(1, Math.round(width * scale));
  const h = Math.max(1, Math.round(height * scale));
  const canvas = document.createElement('canvas');
  canvas.width = w;
  canvas.height = h;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, w, h);
  context.drawImage(picture, 0, 0, w, h);
  const { data } = context.getImageData(0, 0, w, h);
  const luminances = new Uint8Array(w * h);
  for (let i = 0, at = 0; i < luminances.length; i++, at += 4) {
    luminances[i] = (data[at] + 2 * data[at + 1] + data[at + 2]) >> 2;
  }
  return { luminances: luminances.buffer, width: w, height: h };
}

function readIn(frame, inverted) {
  const id = nextId++;
  return new Promise((resolve) => {
    awaited.set(id, resolve);
    reader.postMessage({ id, inverted, ...frame }, [frame.luminances]);
  });
}

/** The text of the QR code in a file, or null. */
export async function readFile(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return null;
  }
  for (const longest of PICTURE_PIXELS) {
    for (const inverted of [false, true]) {
      const text = await readIn(
        luminancesOf(picture, picture.width, picture.height, longest),
        inverted,
      );
      if (text !== null) {
        return text;
      }
    }
  }
  return null;
}

/** A camera that tells each code it sees, again and again while it sees it. */
export class Camera {
  #video;
  #onCode;
  #stream = null;
  #frames = 0;

  constructor(video, onCode) {
    this.#video = video;
    this.#onCode = onCode;
  }

  get isOn() {
    return this.#stream !== null;
  }

  /** @throws {string} the key of the words for what went wrong */
  async start() {
    if (!navigator.mediaDevices) {
      throw 'checkpoint.camera.absent';
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } },
      });
    } catch (failure) {
      const known = {
        NotAllowedError: 'checkpoint.camera.denied',
        NotFoundError: 'checkpoint.camera.absent',
      };
      throw known[failure.name] ?? 'checkpoint.camera.failed';
    }
    this.#video.srcObject = this.#stream;
    await this.#video.play();
    this.#look();
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
  }

  async #look() {
    const stream = this.#stream;
    while (this.#stream === stream && stream !== null) {
      const begun = performance.now();
      if (this.#video.videoWidth > 0 && !document.hidden) {
        const text = await readIn(
          luminancesOf(
            this.#video,
            this.#video.videoWidth,
            this.#video.videoHeight,
            FRAME_PIXELS,
          ),
          this.#frames++ % 4 === 3,
        );
        if (text !== null && this.#stream === stream) {
          this.#onCode(text);
        }
      }
      const rest = FRAME_INTERVAL_MILLIS - (performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    }
  }
}
