/** Files that are dropped or picked, with the folders that they came in. */

/** Return the files of a drop as [file, path]; folders are walked. */
export async function dropped(transfer) {
  // the items are gone after the first wait
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return picked(transfer.files);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

/** Return the files of an input as [file, path]. */
export const picked = (files) => [...files].map((file) => [file, file.webkitRelativePath || file.name]);

async function walk(entry, folder, found) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    found.push([file, path]);
    return;
  }
  const reader = entry.createReader();
  // a call gives at most a hundred entries
  for (let part; (part = await read(reader)).length;) {
    for (const one of part) await walk(one, `${path}/`, found);
  }
}

const read = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
