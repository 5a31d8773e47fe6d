package dev.semblance.window;

/**
 * Whether searches go by the codes or score everything: by what was measured of how many pairs survive the codes. Scoring
 * a survivor costs some fifty times what scoring costs in a scan of everything, so the codes pay while fewer than one
 * pair in a hundred survives. While everything is scored, each 64th search goes by the codes, to measure. Both ways find
 * the same, so nothing but speed depends on it.
 *
 * <p>Thread: written by the owner of the window; read by any.
 */
final class SearchMode {

    /** Above it, everything is scored from then on … */
    static final double TOO_MANY = 0.02;
    /** … and below it, codes are used again. */
    static final double FEW = 0.01;

    private static final int TRY_EVERY = 64;
    /** Weight of a new measurement. */
    private static final double WEIGHT = 0.1;
    /** Pairs below which a measurement says nothing. */
    private static final long MIN_PAIRS = 4_096;

    private volatile double rate;
    private volatile boolean scoresAll;
    private int searches;

    /** Which way the next search goes. */
    boolean byCodes() {
        return !scoresAll || ++searches % TRY_EVERY == 0;
    }

    void measured(long survivors, long pairs) {
        if (pairs < MIN_PAIRS) {
            return;
        }
        double now = (double) survivors / pairs;
        rate = rate == 0 ? now : rate + WEIGHT * (now - rate);
        scoresAll = scoresAll ? rate > FEW : rate > TOO_MANY;
    }

    /** Share of the pairs that survive the codes, smoothed. */
    double survivalRate() {
        return rate;
    }

    boolean scoresAll() {
        return scoresAll;
    }
}
