// SPDX-License-Identifier: Apache-2.0
// Serves a page's folder on the loopback, and counts what is asked for.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';

const kTypes = { '.html': 'text/html; charset=utf-8', '.png': 'image/png', '.xml': 'application/atom+xml' };

async function first_of(paths) {
  for (const path of paths) {
    try {
      return await readFile(path);
    } catch {
      // The next folder may have it.
    }
  }
  return null;
}

/// `folders`: where a file is looked for, in this order. Returns { origin, asked, close }.
export async function serve(folders) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
    asked.push(path);
    const body = await first_of(folders.map((folder) => join(folder, path)));
    if (body === null) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': kTypes[extname(path)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    asked,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
