package dev.semblance.infer.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.semblance.infer.DeviceUnavailableException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, architectures = "amd64")
class CudaLibrariesTest {

    @TempDir
    private Path folder;

    /** Whether or not the machine has a driver. */
    @Test
    void aFolderThatIsNotThereIsNamedWithItsKey() {
        Path nowhere = folder.resolve("cuda");
        assertThatThrownBy(() -> CudaLibraries.load("cuda:3", nowhere)).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageStartingWith("cuda:3: cuda.libraries=" + nowhere + ": there is no such folder")
                .hasMessageContaining("libcudart.so.12, libcublasLt.so.12, libcublas.so.12, libcurand.so.10");
    }

    @Test
    void aMissingDriverOrLibraryIsNamed() {
        assertThatThrownBy(() -> CudaLibraries.load("cuda:0", folder)).isInstanceOf(DeviceUnavailableException.class)
                .hasMessageMatching("cuda:0: (libcuda.so.1 cannot be opened by the system's loader|"
                        + folder + "/libcudart.so.12 is missing).*");
    }
}
