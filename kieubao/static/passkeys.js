// A passkey's ceremony: the button asks the browser, and the form is sent with its answer.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const inner = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];

async function answered(options) {
  options.challenge = bytes(options.challenge);
  if (!options.user) return navigator.credentials.get({ publicKey: options });
  options.user.id = bytes(options.user.id);
  for (const known of options.excludeCredentials ?? []) known.id = bytes(known.id);
  return navigator.credentials.create({ publicKey: options });
}

function told({ id, rawId, type, response }) {
  const parts = inner.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return JSON.stringify({ id, rawId: text(rawId), type, response: Object.fromEntries(parts), clientExtensionResults: {} });
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const place = button.parentElement;
  place.hidden = !window.PublicKeyCredential;
  button.addEventListener("click", async () => {
    const failed = place.querySelector("[data-failed]");
    failed.textContent = "";
    try {
      place.querySelector("input").value = told(await answered(JSON.parse(button.dataset.passkey)));
      button.form.submit();
    } catch {
      failed.textContent = failed.dataset.failed;
    }
  });
}
