package dev.semblance.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What {@code bench window} measured. */
public record WindowReport(double threshold, int rounds, int threads, List<Figures> windows,
        List<PeerFigures> peers) {

    /**
     * @param found               pairs of the next 2,048 vectors that brute force in fp32 finds and the window, too
     * @param pairs               that brute force finds
     * @param flatEventsPerSecond of a blocked scan of fp32 vectors, searches only
     * @param bytesPerVector      as the window counts them
     * @param heapBytesPerVector  growth of the heap after a collection
     * @param allocatedPerEvent   bytes, of search, insert and expiry
     * @param survivalRate        share of all pairs that pass the codes
     * @param skipped             why nothing was measured, else null
     */
    record Figures(int live, int dimension, String plan, int words, Spread eventsPerSecond, int found, int pairs,
            double flatEventsPerSecond, double bytesPerVector, double heapBytesPerVector, double allocatedPerEvent,
            WindowLimits limits, double survivalRate, String skipped) {

        static Figures skipped(int live, int dimension, long neededBytes, long freeBytes) {
            return new Figures(live, dimension, "", 0, null, 0, 0, 0, 0, 0, 0, null, 0,
                    "needs " + neededBytes + " bytes, " + freeBytes + " are free");
        }

        /** Events a second if nothing but comparing codes in registers took time. */
        double popcountLimit() {
            return 1e9 / (limits.nsPerPair() * live);
        }

        /** Events a second if nothing but the scan of codes that lie in the cache took time. */
        double scanLimit() {
            return 1e9 / (limits.cachedNsPerPair() * live);
        }

        /** Events a second if nothing but reading the codes from memory, once for 64 events, took time. */
        double memoryLimit() {
            return 64 * limits.bytesPerSecond() / ((double) live * words * Long.BYTES);
        }
    }

    record PeerFigures(String name, int live, int dimension, Spread eventsPerSecond, int found, int pairs) {}

    public String toTable() {
        Table table = new Table().line(
                "events/s of %s: search, insert, expiry; threshold %s; %d rounds, medians (min–max)",
                threads == 1 ? "CPU of one core" : "the clock, " + threads + " threads", threshold, rounds);
        for (Figures f : windows) {
            if (f.skipped != null) {
                table.line("%,11d live × %d: skipped, %s", f.live, f.dimension, f.skipped);
                continue;
            }
            table.line(
                    "%,11d live × %d: %s events/s   recall %d of %d   %.0f bytes a vector (%.0f by the growth of the "
                            + "heap)   %.0f bytes allocated an event",
                    f.live, f.dimension, rate(f.eventsPerSecond), f.found,
                    f.pairs,
                    f.bytesPerVector, f.heapBytesPerVector, f.allocatedPerEvent);
            table.line("%13sflat fp32 scan %,.0f; limits of a core: popcount %,.0f (%.3f ns a pair), "
                    + "scan in cache %,.0f (%.3f ns), memory %,.0f (%.1f GB/s)", "", f.flatEventsPerSecond,
                    f.popcountLimit(), f.limits.nsPerPair(), f.scanLimit(), f.limits.cachedNsPerPair(),
                    f.memoryLimit(), f.limits.bytesPerSecond() / 1e9);
            table.line("%13s%s%s", "", f.plan, f.words == 0
                    ? ""
                    : String.format(Locale.ROOT, "; %.3g %% of all pairs pass the codes", 100 * f.survivalRate));
        }
        for (PeerFigures p : peers) {
            table.line("%,11d live × %d: %s events/s   recall %d of %d   %s%s", p.live, p.dimension,
                    rate(p.eventsPerSecond), p.found, p.pairs, p.name, ratio(p));
        }
        return table.toString();
    }

    private static String rate(Spread rate) {
        return String.format(Locale.ROOT, "%,10.0f (%,.0f–%,.0f)", rate.median(), rate.min(), rate.max());
    }

    /** Ours over a peer's, round by round; null where ours was not measured. */
    Spread timesPeer(PeerFigures peer) {
        Figures ours = windows.getLast();
        return ours.skipped == null ? ours.eventsPerSecond.over(peer.eventsPerSecond) : null;
    }

    private String ratio(PeerFigures peer) {
        Spread times = timesPeer(peer);
        return times == null
                ? ""
                : String.format(Locale.ROOT, "; ours %.1f (%.1f–%.1f) times", times.median(), times.min(),
                        times.max());
    }

    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("threshold", threshold);
        json.put("rounds", rounds);
        json.put("threads", threads);
        List<Object> rows = new ArrayList<>();
        for (Figures f : windows) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("live", f.live);
            row.put("dimension", f.dimension);
            if (f.skipped != null) {
                row.put("skipped", f.skipped);
            } else {
                row.put("plan", f.plan);
                row.put("eventsPerSecond", Table.json(f.eventsPerSecond));
                row.put("found", f.found);
                row.put("pairs", f.pairs);
                row.put("survivalRate", f.survivalRate);
                row.put("bytesPerVector", f.bytesPerVector);
                row.put("heapBytesPerVector", f.heapBytesPerVector);
                row.put("allocatedBytesPerEvent", f.allocatedPerEvent);
                row.put("flatEventsPerSecond", Math.round(f.flatEventsPerSecond));
                row.put("popcountLimit", Math.round(f.popcountLimit()));
                row.put("cachedScanLimit", Math.round(f.scanLimit()));
                row.put("memoryLimit", Math.round(f.memoryLimit()));
                row.put("memoryBytesPerSecond", Math.round(f.limits.bytesPerSecond()));
            }
            rows.add(row);
        }
        json.put("windows", rows);
        List<Object> others = new ArrayList<>();
        for (PeerFigures p : peers) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", p.name);
            row.put("live", p.live);
            row.put("dimension", p.dimension);
            row.put("eventsPerSecond", Table.json(p.eventsPerSecond));
            row.put("timesPeer", timesPeer(p) == null ? null : Table.json(timesPeer(p)));
            row.put("found", p.found);
            row.put("pairs", p.pairs);
            others.add(row);
        }
        json.put("peers", others);
        return json;
    }
}
