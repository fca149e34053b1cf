package org.impasto.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.impasto.core.image.Image;
import org.impasto.nn.style.ColorTransfer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a transfer on pictures of its own. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Renders a landscape and a painting, gives the one the colours of the other, and writes both, the"
                + " result, and all three side by side. Needs no files.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  impasto demo",
            "  impasto demo --out /tmp/demo",
            "",
            "Then try 'impasto stylize' on pictures of your own."
        })
final class DemoCommand implements Callable<Integer> {
    private static final int WIDTH = 960;
    private static final int HEIGHT = 640;

    private final Terminal terminal;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "demo-out",
            description =
                    "Folder for content.png, style.png, stylized.png and side-by-side.png; older ones are replaced."
                            + " Default: ${DEFAULT-VALUE}.")
    private Path out;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FileChecks.outputFolder("--out", out);
        List<Path> files = List.of(
                out.resolve("content.png"),
                out.resolve("style.png"),
                out.resolve("stylized.png"),
                out.resolve("side-by-side.png"));
        Job.run(terminal, "demo", out.toAbsolutePath(), job -> {
            job.stage("rendering content", 0, 0.3);
            Image content = DemoPictures.content(WIDTH, HEIGHT);
            job.stage("rendering style", 0.3, 0.6);
            Image style = DemoPictures.style(WIDTH, HEIGHT);
            job.stage("color", 0.6, 0.8);
            Image stylized = ColorTransfer.of(style).apply(content, 1);
            job.stage("writing", 0.8, 1);
            job.write(files.get(0), content::write);
            job.write(files.get(1), style::write);
            job.write(files.get(2), stylized::write);
            job.write(files.get(3), SideBySide.of(List.of(content, style, stylized))::write);
        });
        files.forEach(file -> terminal.out().println("wrote " + file));
        return 0;
    }
}
