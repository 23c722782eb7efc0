// importing - files on their way to the server: read here, sent in units that one request can carry, each answer put beside its file.
// A piece is a file, or one member of a ZIP, with what the server says of it: its items, or why it is not taken.
import { post } from './api.js';

const FILE_MAX = 5 * 1024 * 1024;     // as base64 it fits into a request of 8 MiB, with room for what stands around it
const UNIT_MAX = 7 * 1024 * 1024, FILES_MAX = 100;

let made = 0;
const numberOf = () => ++made;
export const pieceOf = (name, size, data, trouble = null, n = numberOf()) =>
  ({ n, key: `file-${n}`, name: name.slice(0, 200), size, data, member: null, password: '', items: [], trouble });

export const inOrder = (pieces) => pieces.sort((a, b) => a.n - b.n);

export function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(',') + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

// Numbered before it is read: files stay in the order they came in.
export async function readPiece(file) {
  const n = numberOf();
  if (file.size > FILE_MAX)
    return pieceOf(file.name, file.size, '', { rule: 'too-large', detail: `The file has ${file.size.toLocaleString()} bytes: ${FILE_MAX.toLocaleString()} are the most here. Split it, or use signet cert import.` }, n);
  if (file.size === 0)
    return pieceOf(file.name, 0, '', { rule: 'empty', detail: 'The file is empty.' }, n);
  try {
    return pieceOf(file.name, file.size, await base64Of(file), null, n);
  } catch {
    return pieceOf(file.name, file.size, '', { rule: 'unreadable', detail: 'The browser could not read this file: is it a folder, or has it gone?' }, n);
  }
}

// Pieces of one archive under one password travel together.
function filesOf(pieces) {
  const files = new Map();
  for (const piece of pieces) {
    const key = JSON.stringify([piece.key, piece.password]);
    if (!files.has(key))
      files.set(key, { piece, members: [] });
    if (piece.member !== null)
      files.get(key).members.push(piece.member);
  }
  return [...files.values()];
}

function takeUnit(queue) {
  let size = 0, n = 0;
  while (n < queue.length && n < FILES_MAX && (n === 0 || size + queue[n].piece.data.length <= UNIT_MAX))
    size += queue[n++].piece.data.length;
  return queue.splice(0, n);
}

const bodyOf = ({ piece, members }) => ({
  data: piece.data, filename: piece.name, ...(piece.password ? { password: piece.password } : {}), ...(members.length ? { members } : {}),
});

// What came back, by file and member: { [member or '']: items }, and what is to be asked for again.
function sort(unit, items, out) {
  const again = new Map();
  for (const item of items) {
    const { piece } = unit[item.file], member = item.member;
    if (item.findings[0]?.rule === 'left-over') {
      const left = again.get(item.file) || { piece, members: [] };
      if (member !== null)
        left.members.push(member);
      again.set(item.file, left);
      continue;
    }
    const key = JSON.stringify([piece.key, member]);
    if (!out.has(key))
      out.set(key, { ...piece, member, items: [], trouble: null });
    const found = out.get(key);
    if (item.kind === 'file')
      found.trouble = item.findings[0];
    else
      found.items.push(item);
  }
  return [...again.values()];
}

function refuse(unit, problem, out) {
  const trouble = { rule: problem.slug, detail: problem.detail || problem.title };
  for (const { piece, members } of unit)
    for (const member of members.length ? members : [null])
      out.set(JSON.stringify([piece.key, member]), { ...piece, member, items: [], trouble });
}

// how: { preview, store, exportable }. onProgress(done, all) counts files; stop() true ends before the next request. Returns the pieces anew, in the order of the files.
export async function send(pieces, how, onProgress = () => {}, stop = () => false) {
  const queue = filesOf(pieces.filter((p) => p.data)), out = new Map(), all = queue.length;
  for (let turns = 0; queue.length > 0 && !stop(); turns++) {
    onProgress(Math.max(0, all - queue.length), all);
    const unit = takeUnit(queue);
    try {
      const { items } = await post('/certificates/import', { ...how, files: unit.map(bodyOf) });
      queue.unshift(...sort(unit, items, out));
    } catch (problem) {
      if (problem.status !== 422)
        throw problem;
      refuse(unit, problem, out);
    }
  }
  onProgress(all, all);
  return inOrder([...pieces.filter((p) => !p.data), ...out.values()]);
}

export const isLocked = (piece) => piece.trouble?.rule === 'wrong-password';
