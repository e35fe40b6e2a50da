// SPDX-License-Identifier: Apache-2.0
// The form "Talk to the server": a WebSocket that sends every message back.
'use strict';

const form = document.getElementById('echo');
const state = document.getElementById('state');
const button = form.querySelector('button');
const address = new URL(form.dataset.address, location.href);
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

state.textContent = 'Connecting …';
const socket = new WebSocket(address);
let opened = false;

socket.addEventListener('open', () => {
  opened = true;
  button.disabled = false;
  state.textContent = 'Connected';
});

socket.addEventListener('message', (event) => {
  const item = document.createElement('li');
  item.textContent = event.data;
  const list = document.getElementById('echoes');
  list.prepend(item);
  while (list.children.length > 5) list.lastElementChild.remove();
});

socket.addEventListener('close', () => {
  button.disabled = true;
  state.textContent = opened ? 'The connection has ended. Load the page to connect again.' : 'No WebSocket here: the engine perl.mojo has them.';
});

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const field = document.getElementById('message');
  socket.send(field.value);
  field.value = '';
});
