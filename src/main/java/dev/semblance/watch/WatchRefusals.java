package dev.semblance.watch;

import dev.semblance.config.Config;
import dev.semblance.record.Rejection;
import dev.semblance.record.Rejection.Reason;
import dev.semblance.record.WatchVector;

/** Why there is no room for a watch, in words that say what to do. Thread: immutable. */
record WatchRefusals(Config.Watches limits) {

    /** Null where the watch was accepted. */
    Rejection of(Watches.Outcome outcome, WatchVector refused) {
        String watch = "watch " + refused.watch().id();
        return switch (outcome) {
            case ACCEPTED -> null;
            case TOO_MANY -> new Rejection(Reason.TOO_LARGE, watch + " would be one more than watch.max="
                    + limits.max() + "; remove others, or raise watch.max and restart detect");
            case TOO_MANY_BYTES -> new Rejection(Reason.TOO_LARGE, watch + " does not fit into watch.max.bytes="
                    + limits.maxBytes() + "; remove others, or raise watch.max.bytes and restart detect");
            case TOO_MANY_MODELS -> new Rejection(Reason.TOO_LARGE, watch + " has a vector of model "
                    + refused.model().id() + " revision " + refused.model().revision() + ", and there are watches of "
                    + Watches.MAX_MODELS + " models already; remove those of models that are no longer used, and "
                    + "restart detect");
        };
    }
}
