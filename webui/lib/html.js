// html - templates and hooks in one import.
import htm from '../vendor/htm.mjs';
import { h } from '../vendor/preact.mjs';

export { Fragment, render } from '../vendor/preact.mjs';
export { useCallback, useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from '../vendor/hooks.mjs';
export const html = htm.bind(h);
