// Registers a passkey, and logs in with one. The forms are displayed only where the browser can do it: without this script nobody
// sees them. They are sent like any other form, with what the authenticator returned as the body.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
const toText = (buffer) => {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const withBytes = (descriptors) => descriptors?.map((descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) }));

/** The options of the API as `navigator.credentials` takes them. */
const decodeOptions = (options) => {
  const decoded = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.excludeCredentials) decoded.excludeCredentials = withBytes(options.excludeCredentials);
  if (options.allowCredentials) decoded.allowCredentials = withBytes(options.allowCredentials);
  return decoded;
};

/** What the authenticator returned as the API takes it. */
const encodeCredential = (credential) => {
  const { id, rawId, type, response } = credential;
  const encoded = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) encoded[part] = toText(response[part]);
  }
  return { id, rawId: toText(rawId), type, response: encoded, clientExtensionResults: credential.getClientExtensionResults() };
};

const begin = async (form, body) => {
  const { method, path } = form.dataset;
  const headers = { "content-type": "application/json", accept: "application/json" };
  const response = await fetch(path, { method, headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.errors?.[0]?.detail ?? answer.detail ?? answer.title);
  return answer;
};

/** Why the authenticator returned nothing. */
const reason = (form, error) => {
  if (!(error instanceof DOMException)) return error instanceof TypeError ? form.dataset.failed : error.message;
  return error.name === "InvalidStateError" ? (form.dataset.exists ?? form.dataset.failed) : form.dataset.failed;
};

const complete = async (form) => {
  const field = (name) => form.elements[name];
  const isRegistration = form.dataset.passkey === "register";
  const body = isRegistration ? { password: field("password").value, one_time_code: field("one_time_code")?.value } : undefined;
  const { ceremony, options } = await begin(form, body);
  const publicKey = decodeOptions(options);
  const credential = await (isRegistration ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  const sent = { ceremony, credential: encodeCredential(credential) };
  if (isRegistration) {
    sent.name = field("name").value;
    // Not needed any more, so they are not sent again.
    for (const secret of ["password", "one_time_code"]) field(secret)?.toggleAttribute("disabled", true);
  }
  field("_text").value = JSON.stringify(sent);
  form.submit();
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const [button, place] = [form.querySelector("button"), form.querySelector("[role=alert]")];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    place.hidden = true;
    try {
      await complete(form);
    } catch (error) {
      place.textContent = reason(form, error);
      place.hidden = false;
      button.disabled = false;
    }
  });
  addEventListener("pageshow", () => (button.disabled = false));
}
