// Passkeys, which HTML cannot ask for: a button has the browser make one or sign with one, puts what it answers into a
// field of its form, and sends the form. Without this file, and in browsers without passkeys, there are codes to type.
const LOST = 'Det ble avbrutt, eller det tok for lang tid. Prøv en gang til.';
const KNOWN = 'Denne enheten har allerede en passnøkkel for deg her.';
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), sign => sign.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const named = list => list?.map(each => ({ ...each, id: bytes(each.id) }));

const reveal = () => {
  if (!window.PublicKeyCredential) return;
  document.querySelectorAll('[data-passkey][hidden]').forEach(button => { button.hidden = false; });
};

const answer = async asked => {
  const publicKey = { ...asked, challenge: bytes(asked.challenge) };
  if (asked.user) {
    publicKey.user = { ...asked.user, id: bytes(asked.user.id) };
    publicKey.excludeCredentials = named(asked.excludeCredentials);
  } else publicKey.allowCredentials = named(asked.allowCredentials);
  const given = await (asked.user ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  const response = {};
  for (const name of ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle']) {
    if (given.response[name]) response[name] = text(given.response[name]);
  }
  return JSON.stringify({ id: given.id, rawId: given.id, type: given.type, response, clientExtensionResults: {} });
};

const tell = (button, words) => {
  const note = document.getElementById('lost') || document.createElement('span');
  Object.assign(note, { id: 'lost', className: 'error', textContent: words });
  button.closest('.row').append(note);
  document.getElementById('status').textContent = words;
};

document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-passkey]');
  if (!button) return;
  button.disabled = true;
  try {
    button.form.elements[button.dataset.answer].value = await answer(JSON.parse(button.dataset.passkey));
    document.getElementById('lost')?.remove();
    button.form.requestSubmit();
  } catch (wrong) {
    tell(button, wrong.name === 'InvalidStateError' ? KNOWN : LOST);
  } finally {
    button.disabled = false;
  }
});
document.addEventListener('htmx:after:swap', reveal);
reveal();
