// Boxes as fractions of the picture: plain numbers in, plain numbers out. A box is { x, y, w, h } and never leaves 0..1.

export const LEAST_SIDE = 0.04;

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
const neat = (value) => Math.round(value * 10000) / 10000;
const tidy = ({ x, y, w, h }) => ({ x: neat(x), y: neat(y), w: neat(w), h: neat(h) });

export function moved(box, dx, dy) {
  return tidy({ ...box, x: clamp(box.x + dx, 0, 1 - box.w), y: clamp(box.y + dy, 0, 1 - box.h) });
}

// `edges` names the sides that follow the pointer: "n", "e", "s", "w", or a corner such as "se".
export function resized(box, edges, dx, dy) {
  let { x, y } = box;
  let right = box.x + box.w;
  let bottom = box.y + box.h;
  if (edges.includes("w")) x = clamp(x + dx, 0, right - LEAST_SIDE);
  if (edges.includes("e")) right = clamp(right + dx, x + LEAST_SIDE, 1);
  if (edges.includes("n")) y = clamp(y + dy, 0, bottom - LEAST_SIDE);
  if (edges.includes("s")) bottom = clamp(bottom + dy, y + LEAST_SIDE, 1);
  return tidy({ x, y, w: right - x, h: bottom - y });
}

// The box between two points, no smaller than the least.
export function between(one, other) {
  const left = clamp(Math.min(one.x, other.x), 0, 1 - LEAST_SIDE);
  const top = clamp(Math.min(one.y, other.y), 0, 1 - LEAST_SIDE);
  const right = clamp(Math.max(one.x, other.x), left + LEAST_SIDE, 1);
  const bottom = clamp(Math.max(one.y, other.y), top + LEAST_SIDE, 1);
  return tidy({ x: left, y: top, w: right - left, h: bottom - top });
}

export const same = (one, other) =>
  one.length === other.length && one.every((box, at) => ["x", "y", "w", "h"].every((side) => box[side] === other[at][side]));

// Where a new box goes that nobody drew: the free third of the picture that comes first, else the middle.
export function freePlace(boxes) {
  const thirds = [0.02, 0.36, 0.7].map((y) => ({ x: 0.03, y, w: 0.94, h: 0.28 }));
  const meets = (place) => boxes.some((box) => box.y < place.y + place.h && place.y < box.y + box.h);
  return thirds.find((place) => !meets(place)) ?? { x: 0.25, y: 0.4, w: 0.5, h: 0.2 };
}
