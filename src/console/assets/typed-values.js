// What typed numbers mean, as the server reads them: one item for each value, with `value` and `text` or with `error`.
export const parseTyped = async (quantity, values) => {
  const response = await fetch("/api/v1/typed-values", {
    method: "POST",
    headers: { "content-type": "application/json", "accept-language": document.documentElement.lang },
    body: JSON.stringify({ quantity, values }),
  }).catch(() => null);
  return response?.ok ? (await response.json()).items : null;
};
