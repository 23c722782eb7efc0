// run FILE... - the black-box tests, two files at a time: most of their time is waiting. Each file has its own daemons, ports and folders.
import { run } from 'node:test';
import { tap } from 'node:test/reporters';
import { resolve } from 'node:path';

run({ files: process.argv.slice(2).map(f => resolve(f)), concurrency: 2 })
  .on('test:fail', () => { process.exitCode = 1; })
  .compose(tap)
  .pipe(process.stdout);
