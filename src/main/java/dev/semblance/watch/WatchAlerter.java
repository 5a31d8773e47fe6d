package dev.semblance.watch;

import dev.semblance.record.Alert;
import dev.semblance.record.AlertKind;
import dev.semblance.record.Embedding;
import dev.semblance.text.TokenDiff;
import dev.semblance.vector.VectorKernels;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The WATCH alerts of one event after the other: one for each watch in force that it comes close to, the closest first.
 *
 * <p>Thread: the stream thread. One per task.
 */
public final class WatchAlerter {

    private static final TokenDiff NO_TEXT = TokenDiff.between("", "");
    private static final Comparator<WatchMatch> CLOSEST_FIRST = Comparator.comparingDouble(WatchMatch::cosine)
            .reversed().thenComparing(m -> m.watch().id());

    private final Watches watches;
    private final int max;
    private final WatchMeters meters;
    private final ModelWatches.Scratch scratch = new ModelWatches.Scratch();

    WatchAlerter(Watches watches, int max, WatchMeters meters) {
        this.watches = watches;
        this.max = max;
        this.meters = meters;
    }

    /**
     * @param appendedMs append time of the embedding: which versions of the watches are in force
     * @return ordered by cosine, the highest first, then by the watch's id
     */
    public List<Alert> alerts(Embedding event, long appendedMs) {
        if (watches.live() == 0 && watches.sizeBytes() == 0) {
            return List.of();
        }
        List<WatchMatch> matches = match(event, appendedMs);
        return matches.isEmpty() ? List.of() : matches.stream().map(m -> alert(event, m)).toList();
    }

    List<WatchMatch> match(Embedding event, long appendedMs) {
        ModelWatches comparable = watches.of(event.model());
        meters.compared(event.model(), watches.live() - (comparable == null ? 0 : comparable.live()));
        if (comparable == null) {
            return List.of();
        }
        long startNs = System.nanoTime();
        List<WatchMatch> matches = new ArrayList<>(0);
        comparable.search(VectorKernels.normalised(event.vector()), appendedMs, scratch,
                (version, cosine) -> matches
                        .add(new WatchMatch(version.watch, version.fromMs, cosine, version.threshold)));
        matches.sort(CLOSEST_FIRST);
        meters.matched(System.nanoTime() - startNs, scratch.scored());
        if (matches.size() <= max) {
            return matches;
        }
        meters.cut(event.event().id(), matches.size(), max);
        return matches.subList(0, max);
    }

    /** Whether the event is a duplicate, and kept from the unique topic, is not known here. */
    private static Alert alert(Embedding event, WatchMatch match) {
        String text = event.event().text();
        TokenDiff diff = text == null ? NO_TEXT : TokenDiff.between(text, match.watch().text());
        return new Alert(AlertKind.WATCH, event.event().id(), match.watch().id(), null, match.cosine(),
                match.threshold(), event.event().eventTimeMs(), match.fromMs(), 0, false, diff.onlyInFirst(),
                diff.onlyInSecond(), text, match.watch().text(), match.watch().labels(), event.model());
    }
}
