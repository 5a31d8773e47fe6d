package dev.semblance.cli;

import dev.semblance.config.Durations;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Progress on stderr: one line redrawn in place on a terminal, else a plain line now and then. Time is passed in.
 *
 * <p>Thread: any; calls are serialised.
 */
final class Progress implements AutoCloseable {

    private static final long REDRAW_NS = 200_000_000;
    private static final long LINE_NS = 10_000_000_000L;
    private static final int BAR_CELLS = 24;
    /** Share of the newest measurement in the rate shown. */
    private static final double SMOOTHING = 0.3;

    private final PrintWriter err;
    private final boolean terminal;
    private final String unit;
    private final long total;
    private final long startNs;
    private long shownNs;
    private long shownDone;
    private double ratePerSecond;
    private boolean drawn;

    /**
     * @param unit  of what is counted, in the plural: {@code texts}
     * @param total −1 where it is not known
     */
    Progress(PrintWriter err, boolean terminal, String unit, long total, long nowNs) {
        this.err = err;
        this.terminal = terminal;
        this.unit = unit;
        this.total = total;
        this.startNs = nowNs;
        this.shownNs = nowNs;
    }

    /**
     * Cheap to call for each record: most calls draw nothing.
     *
     * @param note appended to the line; may be empty
     */
    synchronized void update(long done, String note, long nowNs) {
        long sinceNs = nowNs - shownNs;
        if (sinceNs < (terminal ? REDRAW_NS : LINE_NS)) {
            return;
        }
        double latest = (done - shownDone) * 1e9 / sinceNs;
        ratePerSecond = shownNs == startNs ? latest : SMOOTHING * latest + (1 - SMOOTHING) * ratePerSecond;
        shownNs = nowNs;
        shownDone = done;
        String line = line(done, note);
        if (terminal) {
            err.print("\r" + line + "\u001b[K");
            err.flush();
            drawn = true;
        } else {
            err.println(line);
        }
    }

    private String line(long done, String note) {
        StringBuilder line = new StringBuilder();
        if (total > 0) {
            int cells = (int) Math.min(BAR_CELLS, BAR_CELLS * done / total);
            line.append('[').append("#".repeat(cells)).append(" ".repeat(BAR_CELLS - cells)).append("] ")
                    .append(Math.min(100, 100 * done / total)).append("% ");
        }
        line.append(String.format(Locale.ROOT, "%,d %s, %,.0f/s", done, unit, ratePerSecond));
        if (total > done && ratePerSecond > 0) {
            Duration left = Duration.ofSeconds((long) Math.ceil((total - done) / ratePerSecond));
            line.append(", ").append(clock(left)).append(" left");
        }
        return note.isEmpty() ? line.toString() : line.append(", ").append(note).toString();
    }

    private static String clock(Duration d) {
        return d.toHours() > 0
                ? d.toHours() + "h" + String.format(Locale.ROOT, "%02dm", d.toMinutesPart())
                : d.toMinutes() > 0
                        ? d.toMinutes() + "m" + String.format(Locale.ROOT, "%02ds", d.toSecondsPart())
                        : Durations.format(d).replace("0ms", "0s");
    }

    /** Takes the line off the terminal, so that something else can be written; the next update draws it again. */
    synchronized void clear() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }

    @Override
    public void close() {
        clear();
    }
}
