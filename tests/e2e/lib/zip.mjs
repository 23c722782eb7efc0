// zip - an archive as other programs pack it, deflated: { name: content } in, bytes out.
import { deflateRawSync } from 'node:zlib';

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++)
      crc = crc >>> 1 ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

const numbers = (...pairs) => Buffer.concat(pairs.map(([value, octets]) => {
  const out = Buffer.alloc(octets);
  out.writeUIntLE(value, 0, octets);
  return out;
}));

export function zipOf(files) {
  const bodies = [], entries = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const body = Buffer.from(content), packed = deflateRawSync(body);
    const head = numbers([20, 2], [0x800, 2], [8, 2], [0, 4], [crc32(body), 4], [packed.length, 4], [body.length, 4], [Buffer.byteLength(name), 2], [0, 2]);
    bodies.push(numbers([0x04034b50, 4]), head, Buffer.from(name), packed);
    entries.push(numbers([0x02014b50, 4], [20, 2]), head, numbers([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), Buffer.from(name));
    at += 30 + Buffer.byteLength(name) + packed.length;
  }
  const directory = Buffer.concat(entries), count = Object.keys(files).length;
  return Buffer.concat([...bodies, directory, numbers([0x06054b50, 4], [0, 4], [count, 2], [count, 2], [directory.length, 4], [at, 4], [0, 2])]);
}
