package io.vertebra.onednn.kernel;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** {@link MoveChannelsKernel} where all channels lie in blocks: the blocks that a block of y needs, then their lanes. */
final class MoveBlocksKernel implements Kernel {
    private final RowMath math = RowMath.BEST;
    private final Team team = Team.SHARED;
    private final Team.Task task = this::block;
    private final Grid[] ins;
    private final Grid out;
    private final Planes planes;
    private final boolean half;
    /** Of each block of y, the blocks that it is made of: which x, and the channel that the block begins with. */
    private final List<List<int[]>> sources = new ArrayList<>();

    /** Of each block of y, where in the buffer its lanes begin: once for each addend of the lane that has most. */
    private final int[][][] lanes;

    private final float[][] buffers;
    private final float[][] results;
    private final float[][] addends;
    private final Cells[] xs;
    private Cells y;

    MoveBlocksKernel(List<Grid> ins, Grid out, int[][] from, boolean half) {
        this.ins = ins.toArray(Grid[]::new);
        this.out = out;
        this.planes = new Planes(out);
        this.half = half;
        int blocks = planes.runs();
        this.lanes = new int[blocks][][];
        int most = 0;
        for (int b = 0; b < blocks; b++) {
            int first = b * planes.run();
            int end = Math.min(from.length, first + planes.run());
            int rounds = 1;
            for (int c = first; c < end; c++) {
                rounds = Math.max(rounds, from[c].length);
            }
            List<int[]> source = new ArrayList<>();
            lanes[b] = new int[rounds][planes.run()];
            for (int r = 0; r < rounds; r++) {
                for (int l = 0; l < planes.run(); l++) {
                    int c = first + l;
                    lanes[b][r][l] = c < end && r < from[c].length ? lane(source, from[c][r]) : l;
                }
            }
            sources.add(source);
            most = Math.max(most, source.size());
        }
        int slot = planes.length();
        this.buffers = new float[team.size()][(most + 1) * slot]; // the first of them stays zero
        this.results = new float[team.size()][slot];
        this.addends = new float[team.size()][slot];
        this.xs = new Cells[ins.size()];
    }

    private int lane(List<int[]> source, int channel) {
        int x = 0;
        int c = channel;
        for (; c >= ins[x].c(); x++) {
            c -= ins[x].c();
        }
        int run = planes.run();
        int first = c / run * run;
        int slot = 0;
        for (; slot < source.size(); slot++) {
            int[] block = source.get(slot);
            if (block[0] == x && block[1] == first) {
                break;
            }
        }
        if (slot == source.size()) {
            source.add(new int[] {x, first});
        }
        return (slot + 1) * planes.length() + c % run;
    }

    @Override
    public void bind(ByteBuffer... tensors) {
        for (int i = 0; i < xs.length; i++) {
            xs[i] = new Cells(tensors[i], half);
        }
        y = new Cells(tensors[xs.length], half);
    }

    @Override
    public void run() {
        team.run(out.n() * sources.size(), task);
    }

    private void block(int index, int member) {
        int n = index / sources.size();
        int b = index % sources.size();
        List<int[]> blocks = sources.get(b);
        int run = planes.run();
        int slot = planes.length();
        for (int cell = 0; cell < planes.cells(); cell += planes.chunk()) {
            int count = planes.count(cell);
            for (int s = 0; s < blocks.size(); s++) {
                int x = blocks.get(s)[0];
                int at = ins[x].row(n, blocks.get(s)[1], 0) + cell * run;
                xs[x].read(at, buffers[member], (s + 1) * slot, count * run);
            }
            math.gather(buffers[member], lanes[b][0], count, results[member]);
            for (int r = 1; r < lanes[b].length; r++) {
                math.gather(buffers[member], lanes[b][r], count, addends[member]);
                add(addends[member], results[member], count * run);
            }
            y.write(planes.at(n, b * run, cell), results[member], 0, count * run);
        }
    }

    private static void add(float[] addend, float[] sum, int count) {
        for (int i = 0; i < count; i++) {
            sum[i] += addend[i];
        }
    }
}
