package dev.semblance.detect;

import dev.semblance.detect.ShardMessage.Progress;
import dev.semblance.detect.ShardMessage.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects what a shard has to tell the others, so that each gets one mail a turn. Thread: the owner's of the shard. */
final class ShardPost {

    private static final class Box {
        /** A later report replaces an earlier one. */
        final Map<Long, Report> reports = new LinkedHashMap<>();
        final List<ShardMessage> others = new ArrayList<>();
    }

    private final Map<Integer, Box> boxes = new TreeMap<>();

    void add(int shard, Report report) {
        box(shard).reports.put(report.sequence(), report);
    }

    void add(int shard, ShardMessage message) {
        box(shard).others.add(message);
    }

    private Box box(int shard) {
        return boxes.computeIfAbsent(shard, _ -> new Box());
    }

    /**
     * Sends and forgets all.
     *
     * @param decidedBelow the sender's progress, which rides along
     */
    void send(long run, int from, long decidedBelow, Shard.Output out) {
        boxes.forEach((shard, box) -> {
            List<ShardMessage> messages = new ArrayList<>(box.reports.values());
            messages.addAll(box.others);
            // Last, for it says that everything before has been sent.
            messages.add(new Progress(decidedBelow));
            out.send(shard, new ShardMail(run, from, messages));
        });
        boxes.clear();
    }
}
