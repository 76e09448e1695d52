import decodeQr from 'qr/decode.js'

/** What a browser with a reader of its own offers; most telephones of the last years, not all. */
type Detector = { detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> }
type DetectorClass = new (options: { formats: string[] }) => Detector

/** The text of the QR code in a picture, or undefined; for telephones without a reader of their own, and for photos. */
export function readCode(picture: {
  width: number
  height: number
  data: Uint8ClampedArray | Uint8Array
}): string | undefined {
  try {
    return decodeQr(picture)
  } catch {
    return undefined
  }
}

/**
 * Reads codes from a camera until it is stopped; each text is told once until another one, or none for two seconds, comes
 * between. Throws what getUserMedia throws: no camera, or not allowed.
 *
 * @returns stops the camera
 */
export async function scan(video: HTMLVideoElement, read: (text: string) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false })
  video.srcObject = stream
  await video.play()
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const detector = own ? new own({ formats: ['qr_code'] }) : undefined
  const canvas = document.createElement('canvas')
  let isOn = true
  let last = ''
  let seenAt = 0
  const look = async () => {
    const text = detector ? (await detector.detect(video).catch(() => []))[0]?.rawValue : drawn(video, canvas)
    const now = Date.now()
    if (text && (text !== last || now - seenAt > 2000)) read(text)
    if (text) [last, seenAt] = [text, now]
    // Five looks a second leave an old telephone cool.
    if (isOn) setTimeout(() => void look(), 200)
  }
  void look()
  return () => {
    isOn = false
    for (const track of stream.getTracks()) track.stop()
    video.srcObject = null
  }
}

/** The frame, small enough to be read in time. */
function drawn(video: HTMLVideoElement, canvas: HTMLCanvasElement): string | undefined {
  const scale = Math.min(1, 720 / Math.max(video.videoWidth, video.videoHeight, 1))
  const width = Math.round(video.videoWidth * scale)
  const height = Math.round(video.videoHeight * scale)
  if (width === 0 || height === 0) return undefined
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return undefined
  context.drawImage(video, 0, 0, width, height)
  return readCode(context.getImageData(0, 0, width, height))
}
