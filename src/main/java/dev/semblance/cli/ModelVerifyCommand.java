package dev.semblance.cli;

import dev.semblance.infer.onnx.OnnxGraphRunner;
import dev.semblance.model.imports.BundleCheck;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code semblance model verify}: an imported model against its manifest. */
@Command(name = "verify", description = "Hash an imported model's files, run its graphs on built-in texts, and compare"
        + " with its manifest; exit code 1 where something differs.")
final class ModelVerifyCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "Folder of an imported model.")
    private String model;

    @Override
    public Integer call() {
        if (ModelFolderArgument.parse(model) == null) {
            throw new CommandFailure("embedded: comes with the program and is made anew at each start; there is nothing"
                    + " to verify. Give the folder of an imported model");
        }
        List<BundleCheck.Finding> findings = new BundleCheck(new OnnxGraphRunner(), ModelTools::tokenizer)
                .check(ModelFolderArgument.parse(model));
        try (Console console = new Console(spec)) {
            for (BundleCheck.Finding finding : findings) {
                console.print((finding.passed() ? "ok      " : "WRONG   ") + finding.what() + ": "
                        + (finding.passed() ? finding.note() : finding.fault()));
            }
            return findings.stream().allMatch(BundleCheck.Finding::passed) ? Semblance.OK : Semblance.FAILURE;
        }
    }
}
