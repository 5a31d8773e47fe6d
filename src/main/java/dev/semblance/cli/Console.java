package dev.semblance.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Where a command writes: results to stdout, notes and one line of progress to stderr, never through each other.
 *
 * <p>Thread: any; calls are serialised.
 */
final class Console implements AutoCloseable {

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean terminal;
    /** Guarded by this; null while nothing is measured. */
    private Progress progress;

    Console(CommandSpec spec) {
        this.out = spec.commandLine().getOut();
        this.err = spec.commandLine().getErr();
        this.terminal = Terminal.showsStderr();
    }

    /** A line of result. */
    synchronized void print(String line) {
        clearProgress();
        out.println(line);
        out.flush();
    }

    /** A line about what is going on. */
    synchronized void note(String line) {
        clearProgress();
        err.println(line);
        err.flush();
    }

    /** @param total −1 where it is not known */
    synchronized void startProgress(String unit, long total) {
        clearProgress();
        progress = new Progress(err, terminal, unit, total, System.nanoTime());
    }

    /** Cheap to call for each record. */
    synchronized void progress(long done, String note) {
        if (progress != null) {
            progress.update(done, note, System.nanoTime());
        }
    }

    synchronized void endProgress() {
        clearProgress();
        progress = null;
    }

    private void clearProgress() {
        if (progress != null) {
            progress.clear();
        }
    }

    @Override
    public void close() {
        endProgress();
        out.flush();
    }
}
