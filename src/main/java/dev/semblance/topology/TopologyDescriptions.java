package dev.semblance.topology;

import dev.semblance.config.Config;
import dev.semblance.embed.EmbedProcessors;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Both topologies as text, without a broker and without a model: for {@code semblance topology} and golden files. */
public final class TopologyDescriptions {

    private TopologyDescriptions() {}

    public static String embed(Config config) {
        EmbedProcessors unstarted = new EmbedProcessors(config, null, new SimpleMeterRegistry());
        return EmbedTopology.build(config, unstarted).describe().toString();
    }

    public static String detect(Config config) {
        return DetectTopology.build(config, new SimpleMeterRegistry()).describe().toString();
    }
}
