package io.vertebra.cuda.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.graph.engine.EngineException;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class CudaLoaderTest {
    @TempDir
    Path folder;

    private Path make(String file) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.createFile(path);
    }

    private LibraryFolders folders(String own, String searchPath) {
        return LibraryFolders.of(own, searchPath, folder.resolve("root"));
    }

    @Test
    void buildsWithoutTheBindingsSaySo() throws IOException {
        try (URLClassLoader empty = new URLClassLoader(new URL[0], null)) {
            assertThatThrownBy(() -> CudaLoader.load(empty, folders("", "")))
                    .isInstanceOf(EngineException.class)
                    .hasMessage("cuda: this build has no CUDA bindings; build with VERTEBRA_PROFILES=cuda")
                    .extracting(e -> ((EngineException) e).kind())
                    .isEqualTo(EngineException.Kind.UNAVAILABLE);
        }
    }

    @Test
    void namesAllThatIsMissingInOneLine() {
        assertThatThrownBy(() -> CudaLoader.find(folders("", "")))
                .isInstanceOf(EngineException.class)
                .hasMessage("cuda: libcuda.so.1 is not found; install NVIDIA's driver 580 or newer; "
                        + "libcudart.so.13, libnvrtc.so.13, libcublasLt.so.13, libcublas.so.13 are not found; "
                        + "install CUDA 13 or add its folder to LD_LIBRARY_PATH; "
                        + "libcudnn_graph.so.9, libcudnn_ops.so.9, libcudnn_cnn.so.9, libcudnn_adv.so.9 are not found; "
                        + "install cuDNN 9 for CUDA 13 or add its folder to LD_LIBRARY_PATH");
    }

    @Test
    void namesOneThatIsMissing() throws IOException {
        for (CudaLibrary library : CudaLibrary.all()) {
            if (!library.file().equals("libcudnn_graph.so.9")) {
                make("all/" + library.file());
            }
        }
        String all = folder.resolve("all").toString();
        assertThatThrownBy(() -> CudaLoader.find(folders("", all)))
                .hasMessage("cuda: libcudnn_graph.so.9 is not found; install cuDNN 9 for CUDA 13 or add its folder to"
                        + " LD_LIBRARY_PATH");
        Path last = make("all/libcudnn_graph.so.9");
        Path builtins = make("all/libnvrtc-builtins.so.13.0");
        make("all/libnvrtc-builtins.alt.so.13.0");
        List<Path> found = CudaLoader.find(folders("", all));
        assertThat(found).hasSize(CudaLibrary.all().size() + 1).contains(last);
        assertThat(found.indexOf(builtins))
                .isEqualTo(found.indexOf(folder.resolve("all/libnvrtc.so.13")) - 1)
                .isEqualTo(2);
    }

    @Test
    void filesThatAreNoLibrariesAreRefusedByALine() throws IOException {
        Path broken = make("all/libcuda.so.1");
        for (CudaLibrary library : CudaLibrary.all()) {
            Path file = broken.resolveSibling(library.file());
            Files.writeString(file, "no library");
        }
        assertThatThrownBy(() -> CudaLoader.loadLibraries(
                        folders("", folder.resolve("all").toString())))
                .isInstanceOf(EngineException.class)
                .hasMessageStartingWith("cuda: the libraries of CUDA cannot be loaded (" + broken)
                .hasMessageEndingWith(")")
                .hasCauseInstanceOf(UnsatisfiedLinkError.class);
    }

    @Test
    void looksIntoOneFolderAfterAnother() throws IOException {
        String file = "libcudart.so.13";
        Path linked = make("elsewhere/" + file);
        Files.writeString(make("root/etc/ld.so.conf.d/cuda.conf"), "# cuda\n " + linked.getParent() + "\n");
        assertThat(folders("", "").find(file)).contains(linked);
        Path system = make("root/usr/lib64/" + file);
        assertThat(folders("", "").find(file)).contains(system);
        Path older = make("root/usr/local/cuda-13.0/lib64/" + file);
        assertThat(folders("", "").find(file)).contains(older);
        Path newer = make("root/usr/local/cuda-13.2/lib64/" + file);
        assertThat(folders("", "").find(file)).contains(newer);
        make("root/usr/local/cuda-12.8/lib64/libcudart.so.12");
        assertThat(folders("", "").find("libcudart.so.12")).isEmpty();
        Path search = make("search/" + file);
        String searchPath = "/nowhere::" + folder.resolve("search");
        assertThat(folders("", searchPath).find(file)).contains(search);
        Path pip = make("nvidia/cu13/lib/" + file);
        assertThat(folders(folder.resolve("nvidia").toString(), searchPath).find(file))
                .contains(pip);
        Path own = make("nvidia/" + file);
        assertThat(folders(folder.resolve("nvidia").toString(), searchPath).find(file))
                .contains(own);
    }

    @Test
    void onMachinesWithoutACardLoadingIsRefusedWithoutAnError() {
        Throwable thrown = org.assertj.core.api.Assertions.catchThrowable(CudaLoader::load);
        if (thrown != null) { // a machine with a card and all libraries loads
            assertThat(thrown).isInstanceOf(EngineException.class).hasMessageStartingWith("cuda: ");
            assertThat(thrown.getMessage()).doesNotContain("\n");
        }
    }
}
