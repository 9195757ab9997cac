/** Hands a file to the person as a download. The data stay on disk: the address only points at them. */
export function saveAs(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads the file after the click; the address is released once it surely has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
