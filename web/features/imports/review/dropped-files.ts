/** A chosen or dropped file, with the folders that it was dropped in. */
export type DroppedFile = { path: string; file: File };

export const fromList = (list: FileList): DroppedFile[] =>
  [...list].map((file) => ({ path: file.webkitRelativePath || file.name, file }));

/** The files of a drop, those inside of folders too. Call it in the event itself: the data is gone afterwards. */
export async function fromDrop(data: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (!entries.some((entry) => entry.isDirectory)) return fromList(data.files);
  return (await Promise.all(entries.map((entry) => walk(entry, "")))).flat();
}

async function walk(entry: FileSystemEntry, folder: string): Promise<DroppedFile[]> {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise<File>((done, fail) => (entry as FileSystemFileEntry).file(done, fail));
    return entry.name.startsWith(".") ? [] : [{ path, file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: DroppedFile[] = [];
  for (;;) {
    // A reader returns a hundred entries at a time, and none at the end.
    const some = await new Promise<FileSystemEntry[]>((done, fail) => reader.readEntries(done, fail));
    if (some.length === 0) return found;
    found.push(...(await Promise.all(some.map((each) => walk(each, `${path}/`)))).flat());
  }
}

const FILES_AT_ONCE = 20;
const BYTES_AT_ONCE = 4 * 1024 * 1024;

/** Divide a drop into requests, those of one folder together: they learn from each other without being read twice. */
export function inRequests(files: DroppedFile[]): DroppedFile[][] {
  const requests: DroppedFile[][] = [];
  let bytes = Infinity;
  for (const each of [...files].sort((a, b) => a.path.localeCompare(b.path))) {
    const last = requests[requests.length - 1];
    if (!last || last.length >= FILES_AT_ONCE || bytes + each.file.size > BYTES_AT_ONCE) {
      requests.push([each]);
      bytes = each.file.size;
    } else {
      last.push(each);
      bytes += each.file.size;
    }
  }
  return requests;
}
