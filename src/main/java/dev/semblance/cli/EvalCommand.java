package dev.semblance.cli;

import picocli.CommandLine.Command;

/** {@code semblance eval}: how good the vectors are, and how much of what is similar is found. */
@Command(name = "eval", description = "Measure the quality of a model, or of the window.", subcommands = {
        EvalStsCommand.class, EvalDedupCommand.class})
final class EvalCommand {}
