package dev.semblance.topology;

import dev.semblance.config.Config;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;

/** What a detect application leaves on the brokers that nobody wants any more. Thread: the caller's; keeps no state. */
public final class DetectLeftovers {

    private DetectLeftovers() {}

    /**
     * Deletes its group, then its internal topics.
     *
     * @param config names the application that must stay
     * @return what was deleted
     * @throws DetectRefusal where it is in use, or is no detect application; nothing has been deleted then
     */
    public static List<String> forget(Admin admin, Config config, String id) {
        if (id.equals(config.detectApplication().id())) {
            throw new DetectRefusal("'" + id + "' is the detect application of this configuration");
        }
        DetectGroup group = new DetectGroup(admin, id);
        group.running().ifPresent(reason -> {
            throw new DetectRefusal(reason);
        });
        List<String> topics = group.internalTopics();
        if (topics.isEmpty()) {
            throw new DetectRefusal("there is no internal topic of a detect application '" + id + "' ("
                    + id + "-" + DetectTopology.INTERNAL_TOPICS.getFirst() + " for one): nothing to forget");
        }
        List<String> deleted = new ArrayList<>();
        // The group first: where a member has come meanwhile, this fails, and the topics are there.
        if (group.exists()) {
            Answers.of(admin.deleteConsumerGroups(List.of(id)).all());
            deleted.add("group " + id);
        }
        Answers.of(admin.deleteTopics(topics).all());
        topics.forEach(t -> deleted.add("topic " + t));
        return deleted;
    }
}
