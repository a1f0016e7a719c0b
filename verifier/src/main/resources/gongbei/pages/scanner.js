// Finds QR codes in pictures and in what a camera sees.

import { keepAwake } from './common.js';

const FRAME_PIXELS = 800;
/** The most pixels of a picture that is read as it is; a phone's canvas holds no more than 16 million. */
const PICTURE_PIXELS = 12_000_000;
const FRAME_INTERVAL_MILLIS = 80;
/** The most bytes of a file that say what kind it is of. */
const HEAD_BYTES = 1024;

const reader = new Worker('/pages/qr-worker.js', { type: 'module' });
const awaited = new Map();
let nextId = 0;

reader.addEventListener('message', (event) => {
  awaited.get(event.data.id)?.(event.data);
  awaited.delete(event.data.id);
});

/** The pixels of a picture, scaled down where the factor is below 1. */
function pixelsOf(picture, width, height, factor) {
  const scale = Math.min(1, factor);
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { rgba: data.buffer, width: canvas.width, height: canvas.height };
}

function readIn(pixels, look) {
  const id = nextId++;
  return new Promise((resolve) => {
    awaited.set(id, resolve);
    reader.postMessage({ id, look, ...pixels }, [pixels.rgba]);
  });
}

/** The key of the words for why a file is no picture here: this browser may lack its kind. */
async function unreadable(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
  if (/^.{4}ftyp(hei|hev|mif|msf|avi)/s.test(head)) {
    return 'checkpoint.picture.heic';
  }
  return head.includes('%PDF-') ? 'checkpoint.picture.pdf' : 'checkpoint.picture.unknown';
}

/**
 * @returns {Promise<string[]>} the texts of the health codes in a file or, where there is none, of
 *     one other
 * @throws {string} the key of the words for why there is none
 */
export async function readFile(file) {
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw await unreadable(file);
  }
  const { width, height } = picture;
  const { texts, isPart } =
    await readIn(pixelsOf(picture, width, height, Math.sqrt(PICTURE_PIXELS / (width * height))));
  if (texts.length === 0) {
    throw isPart ? 'checkpoint.picture.part' : 'checkpoint.picture.none';
  }
  return texts;
}

/** A camera that tells the codes it sees, again and again while it sees them. */
export class Camera {
  #video;
  #onCodes;
  #onEnd;
  #onPart;
  #stream = null;
  #frames = 0;

  /**
   * @param {() => void} onEnd called when the camera was taken away, as by a cable
   * @param {() => void} onPart called where what it sees is only a part of a code
   */
  constructor(video, onCodes, onEnd = () => {}, onPart = () => {}) {
    this.#video = video;
    this.#onCodes = onCodes;
    this.#onPart = onPart;
    this.#onEnd = () => {
      this.stop();
      onEnd();
    };
  }

  get isOn() {
    return this.#stream !== null;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  /**
   * @param {string | null} deviceId the camera to take, where it is still there; null for the one
   *     that looks away from the user
   * @throws {string} the key of the words for what went wrong
   */
  async start(deviceId = null) {
    if (!navigator.mediaDevices) {
      throw window.isSecureContext ? 'checkpoint.camera.absent' : 'checkpoint.camera.insecure';
    }
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: {
          ...(deviceId === null ? { facingMode: 'environment' } : { deviceId: { ideal: deviceId } }),
          width: { ideal: 1280 },
          height: { ideal: 720 },
        },
      });
    } catch (failure) {
      const known = {
        NotAllowedError: 'checkpoint.camera.denied',
        NotFoundError: 'checkpoint.camera.absent',
      };
      throw known[failure.name] ?? 'checkpoint.camera.failed';
    }
    this.#video.srcObject = this.#stream;
    this.#track.addEventListener('ended', () => this.#onEnd());
    await this.#video.play();
    this.#look();
    keepAwake(this, true);
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.#video.srcObject = null;
    keepAwake(this, false);
  }

  /** The cameras that there are, and which is in use: known once one has been allowed. */
  async cameras() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return {
      all: devices.filter((each) => each.kind === 'videoinput' && each.deviceId !== ''),
      used: this.#track?.getSettings().deviceId,
    };
  }

  get hasTorch() {
    return this.#track?.getCapabilities?.().torch === true;
  }

  async torch(isOn) {
    await this.#track?.applyConstraints({ advanced: [{ torch: isOn }] });
  }

  async #look() {
    const stream = this.#stream;
    while (this.#stream === stream && stream !== null) {
      const begun = performance.now();
      if (this.#video.videoWidth > 0 && !document.hidden) {
        const { videoWidth, videoHeight } = this.#video;
        const { texts, isPart } = await readIn(
          pixelsOf(this.#video, videoWidth, videoHeight, FRAME_PIXELS / Math.max(videoWidth, videoHeight)),
          this.#frames++,
        );
        if (texts.length > 0 && this.#stream === stream) {
          this.#onCodes(texts);
        } else if (isPart && this.#stream === stream) {
          this.#onPart();
        }
      }
      const rest = FRAME_INTERVAL_MILLIS - (performance.now() - begun);
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, rest)));
    }
  }
}
