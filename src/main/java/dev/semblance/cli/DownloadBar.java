package dev.semblance.cli;

/** Progress of a download in kilobytes. Begins when the total is known, and anew when it grows. Thread: one owner. */
final class DownloadBar implements AutoCloseable {

    private static final int UNIT_BYTES = 1000;

    private final Console console;
    private long total = -1;

    DownloadBar(Console console) {
        this.console = console;
    }

    void update(String file, long doneBytes, long totalBytes) {
        if (totalBytes != total) {
            total = totalBytes;
            console.startProgress("kB", totalBytes / UNIT_BYTES);
        }
        console.progress(doneBytes / UNIT_BYTES, file);
    }

    @Override
    public void close() {
        console.endProgress();
    }
}
