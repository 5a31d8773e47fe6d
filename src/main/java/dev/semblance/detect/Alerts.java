package dev.semblance.detect;

import dev.semblance.config.Config;
import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.text.TokenDiff;
import java.util.List;

/** Turns verdicts into alerts that explain themselves. Thread: stateless. */
public final class Alerts {

    private static final TokenDiff NO_TEXTS = TokenDiff.between("", "");

    private static final double HOUR_MS = 3_600_000;

    private Alerts() {}

    /**
     * The NEAR_DUPLICATE alert of a duplicate. Differing words are named where both texts are kept.
     *
     * @throws IllegalArgumentException where the verdict has no match
     */
    public static Alert of(Verdict verdict, Config.Detect rules) {
        return of(repeatOf(verdict), verdict.match().clusterSize(), rules);
    }

    /** The same where the original may live in another shard. */
    static Alert of(Repeat repeat, long clusterSize, Config.Detect rules) {
        return of(AlertKind.NEAR_DUPLICATE, repeat, clusterSize, rules, null);
    }

    /**
     * The BURST alert of the copy that brings its cluster to one of the steps, else null. A cluster grows by one at a
     * time, so that each of its steps gives one alert, by whatever copy: which steps are behind it follows from the size
     * alone, and so is not forgotten over a restart.
     *
     * @throws IllegalArgumentException where the verdict has no match
     */
    public static Alert burst(Verdict verdict, Config.Detect rules) {
        return burst(repeatOf(verdict), verdict.match().clusterSize(), rules);
    }

    /** The same where the original may live in another shard. */
    static Alert burst(Repeat repeat, long clusterSize, Config.Detect rules) {
        if (clusterSize > Integer.MAX_VALUE || !rules.burstSteps().contains((int) clusterSize)) {
            return null;
        }
        long sinceMs = repeat.eventTimeMs() - repeat.originalTimeMs();
        Double rate = sinceMs > 0 ? (clusterSize - 1) * HOUR_MS / sinceMs : null;
        return of(AlertKind.BURST, repeat, clusterSize, rules, rate);
    }

    /**
     * The NEAR_DUPLICATE alert of a pair: the event is the later one by (time, id), the original the earlier one, and the
     * cluster the two of them.
     */
    public static Alert of(Pair pair, Config.Detect rules) {
        return of(pair.event(), Found.of(pair), rules);
    }

    /** The same where the partner may live in another shard. */
    static Alert of(Embedding event, Found partner, Config.Detect rules) {
        String id = event.event().id();
        String text = event.event().text();
        String other = partner.text();
        boolean inOrder = partner.precedes(event);
        String later = inOrder ? text : other;
        String earlier = inOrder ? other : text;
        long timeMs = event.event().eventTimeMs();
        TokenDiff diff = later == null || earlier == null ? NO_TEXTS : TokenDiff.between(later, earlier);
        return new Alert(AlertKind.NEAR_DUPLICATE, inOrder ? id : partner.id(), inOrder ? partner.id() : id,
                partner.kind(), partner.cosine(), rules.threshold(), inOrder ? timeMs : partner.timeMs(),
                inOrder ? partner.timeMs() : timeMs, 2, false, diff.onlyInFirst(), diff.onlyInSecond(), later, earlier,
                List.of(), event.model(), null, decayed(partner.similarity(), rules));
    }

    /** Null without decay: the cosine says it then. */
    private static Double decayed(float similarity, Config.Detect rules) {
        return rules.decayHalfLife().isZero() ? null : (double) similarity;
    }

    private static Repeat repeatOf(Verdict verdict) {
        Match match = verdict.match();
        if (match == null) {
            throw new IllegalArgumentException("event " + verdict.event().event().id() + " is " + verdict.outcome()
                    + ": only a duplicate gives an alert");
        }
        return Repeat.of(verdict.event(),
                new Candidate(match.original(), match.kind(), match.cosine(), match.similarity()),
                verdict.suppressed());
    }

    private static Alert of(AlertKind kind, Repeat r, long clusterSize, Config.Detect rules, Double ratePerHour) {
        TokenDiff diff = r.eventText() == null || r.originalText() == null
                ? NO_TEXTS
                : TokenDiff.between(r.eventText(), r.originalText());
        return new Alert(kind, r.eventId(), r.originalId(), r.kind(), r.cosine(), rules.threshold(), r.eventTimeMs(),
                r.originalTimeMs(), clusterSize, r.suppressed(), diff.onlyInFirst(), diff.onlyInSecond(), r.eventText(),
                r.originalText(), List.of(), r.model(), ratePerHour,
                decayed(r.similarity(), rules));
    }
}
