package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance watch …}: standing queries of a cluster. */
@Command(name = "watch",
        description = "Add, list and remove standing queries: an alert for each event that comes close "
                + "to a text.",
        subcommands = {WatchAddCommand.class, WatchListCommand.class, WatchRemoveCommand.class})
final class WatchCommand {}
