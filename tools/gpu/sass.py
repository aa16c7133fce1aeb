#!/usr/bin/env python3
"""What NVIDIA's compiler makes of the kernels: no card, no disassembler, only nvcc.

    tools/gpu/sass.py [--arch 90,120] [--type bf16,float] [FILE[/KERNEL] ...]

Prints for each kernel and architecture its registers, spilled bytes, shared memory, the warps that a processor has registers for, and
how many instructions of which kind stand in the loop with most multiply-adds: on the shortest way around it through its multiply-adds,
its loads and its stores. FILE is the name of a file of engines/cuda without .cu (all by default), KERNEL the start of a kernel's name.
Kinds: fma (FFMA, FADD, FMUL), move, load and store (also of constants and spilled registers), shared, convert, integer (addresses, also
what widens bf16), compare, control, other. An operation is the lower nine bits of an instruction; those without a name here are printed
as their number.
"""
import argparse, collections, glob, os, re, struct, subprocess, sys, tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)),
                      "../../engines/cuda/src/main/resources/io/vertebra/cuda/kernels")
KINDS = {
    "fma": {0x020: "FMUL", 0x021: "FADD", 0x023: "FFMA"},
    "move": {0x002: "MOV", 0x005: "CS2R", 0x007: "SEL", 0x008: "FSEL", 0x031: "HFMA2"},
    "load": {0x181: "LDG", 0x0b9: "ULDC", 0x182: "LDC", 0x183: "LDL", 0x0ac: "LDCU"},
    "store": {0x186: "STG", 0x187: "STL"},
    "shared": {0x184: "LDS", 0x188: "STS", 0x189: "SHFL", 0x1ae: "LDGSTS"},
    "convert": {0x03e: "F2FP", 0x104: "F2F", 0x105: "F2I", 0x106: "I2F", 0x107: "FRND", 0x108: "MUFU", 0x110: "F2F", 0x111: "F2I",
                0x112: "I2F", 0x113: "FRND", 0x045: "I2FP"},
    "integer": {0x010: "IADD3", 0x011: "LEA", 0x012: "LOP3", 0x013: "IABS", 0x016: "PRMT", 0x017: "IMNMX", 0x019: "SHF", 0x024: "IMAD",
                0x025: "IMAD.WIDE", 0x027: "IMAD.HI", 0x036: "VIADD", 0x048: "VIMNMX", 0x082: "UMOV", 0x087: "USEL", 0x090: "UIADD3",
                0x091: "ULEA", 0x092: "ULOP3", 0x096: "UPRMT", 0x099: "USHF", 0x0a4: "UIMAD", 0x0a5: "UIMAD.WIDE", 0x0ca: "R2UR",
                0x035: "IADD", 0x046: "VIADDMNMX"},
    "compare": {0x009: "FMNMX", 0x00b: "FSETP", 0x00c: "ISETP", 0x01c: "PLOP3", 0x003: "P2R", 0x004: "R2P", 0x08c: "UISETP",
                  0x09c: "UPLOP3"},
    "control": {0x11d: "BAR", 0x11a: "DEPBAR", 0x141: "BSYNC", 0x142: "BREAK", 0x143: "CALL", 0x145: "BSSY", 0x147: "BRA", 0x148: "WARPSYNC",
                0x14d: "EXIT", 0x118: "NOP", 0x119: "S2R", 0x1c3: "S2UR", 0x150: "RET", 0x146: "YIELD", 0x149: "BRX"},
}
NAMES = {code: (name, kind) for kind, names in KINDS.items() for code, name in names.items()}


class Instruction:
    def __init__(self, at, low, high, far):
        code = low & 0x1ff
        self.at = at
        self.name, self.kind = NAMES.get(code, ("0x%03x" % code, "other"))
        self.target = None
        self.conditional = low >> 12 & 15 != 7 or low >> 9 & 7 == 2  # by a predicate of the thread, or of the warp
        if self.name == "BRA":
            words = (low >> 34 | high << 30) & (1 << 48) - 1
            words -= words >> 47 << 48
            self.target = at + 16 + 4 * (words << 8 | low >> 16 & 255 if far else words)


def sections(cubin):
    """Name to bytes of the sections of an ELF file of 64 bits."""
    start, = struct.unpack_from("<Q", cubin, 0x28)
    size, count, names = struct.unpack_from("<HHH", cubin, 0x3a)
    headers = [struct.unpack_from("<IIQQQQ", cubin, start + i * size) for i in range(count)]
    text = cubin[headers[names][4]:]
    return {text[h[0]:text.index(b"\0", h[0])].decode(): cubin[h[4]:h[4] + h[5]] for h in headers if h[1] == 1}


def instructions(code, far):
    """Branches of Hopper and newer cards have eight bits more, elsewhere."""
    return [Instruction(at, *struct.unpack_from("<QQ", code, at), far) for at in range(0, len(code), 16)]


def largest_loop(code):
    """The instructions of the innermost loop with most multiply-adds."""
    loops = [code[i.target // 16:i.at // 16 + 1] for i in code if i.target is not None and i.target < i.at]
    spans = [(loop[0].at, loop[-1].at) for loop in loops]
    inner = [loop for loop, (first, last) in zip(loops, spans)
             if not any(first <= f and l <= last and (f, l) != (first, last) and weight(code[f // 16:l // 16 + 1]) > 0 for f, l in spans)]
    return max(inner, key=weight, default=[])


def way(loop):
    """The shortest way once around a loop through its blocks with most multiply-adds, most loads and most stores."""
    starts = {loop[0].at} | {i.target for i in loop if i.target is not None} | {i.at + 16 for i in loop if i.name in ("BRA", "BRX", "EXIT")}
    blocks = {}
    for i in loop:
        block = blocks.setdefault(i.at, []) if i.at in starts else block
        block.append(i)
    nexts = {}
    for at, block in blocks.items():
        end = block[-1]
        onwards = end.name not in ("BRX", "EXIT") and (end.target is None or end.conditional)
        nexts[at] = ([end.target] if end.target is not None else []) + ([end.at + 16] if onwards else [])
    # what a jump by a table may go to: whatever nothing else does
    listed = [at for at in blocks if not any(at in n for n in nexts.values())]
    for at, block in blocks.items():
        nexts[at] += listed if block[-1].name == "BRX" else []
    count = lambda at, name: sum(i.name == name for i in blocks[at])
    wanted = [max(blocks, key=lambda at: (count(at, name), -len(blocks[at]))) for name in ("FFMA", "LDG", "STG")
              if any(i.name == name for i in loop)]
    best = {(loop[0].at, (False,) * len(wanted)): []}
    for at in sorted(blocks):
        for seen in [key for key in best if key[0] == at]:
            through = tuple(was or at == w for was, w in zip(seen[1], wanted))
            passed = best[seen] + blocks[at]
            for then in nexts[at]:
                key = (then, through)
                if (then > at or then == loop[0].at) and (not best.get(key) or len(passed) < len(best[key])):
                    best[key] = passed
    return best.get((loop[0].at, (True,) * len(wanted))) or loop


def weight(loop):
    return sum(i.name == "FFMA" for i in loop)


def mix(loop):
    kinds = collections.Counter(i.kind for i in loop)
    return {kind: kinds[kind] for kind in [*KINDS, "other"] if kinds[kind]}


def warps(registers, architecture):
    """That a processor has registers for, which are given out by 256 a warp, to one of its four parts each."""
    most = {"75": 32, "86": 48, "89": 48, "120": 48}.get(architecture, 64)
    return min(most, 16384 // ((registers + 7) // 8 * 8 * 32) * 4)


def compile(nvcc, file, element, architecture, folder):
    unit, cubin = os.path.join(folder, "unit.cu"), os.path.join(folder, "unit.cubin")
    with open(unit, "w") as to, open(file) as source:
        # CUDA's own header has parameters called T
        to.write('#include "common.cuh"\n#define T %s\n#line 1 "%s"\n%s' % (element, os.path.basename(file), source.read()))
    said = subprocess.run([nvcc, "-std=c++17", "-arch=sm_" + architecture, "-cubin", "-Xptxas", "-v", "--extended-lambda", "-I" + FOLDER, unit, "-o", cubin],
                          stderr=subprocess.PIPE, text=True)
    if said.returncode:
        sys.exit(said.stderr)
    uses = {}
    for part in re.split(r"Compiling entry function '", said.stderr)[1:]:
        number = lambda pattern: int((re.search(pattern, part) or [0, "0"])[1])
        uses[part[:part.index("'")]] = (number(r"Used (\d+) registers"), number(r"(\d+) bytes spill stores"), number(r"(\d+) bytes smem"))
    with open(cubin, "rb") as made:
        return uses, sections(made.read())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arch", default="90", help="capabilities, 90 by default; all: 75,80,86,89,90,100,120")
    parser.add_argument("--type", default="bf16", help="bf16 by default, float, or both")
    parser.add_argument("--names", action="store_true", help="operations too, not only kinds")
    parser.add_argument("what", nargs="*", help="FILE or FILE/KERNEL")
    given = parser.parse_args()
    here = sorted(glob.glob("/usr/local/cuda*/bin/nvcc"))
    nvcc = os.environ.get("NVCC") or (here[-1] if here else "nvcc")
    wanted = [w.partition("/")[::2] for w in given.what] or [(os.path.basename(f)[:-3], "") for f in sorted(glob.glob(FOLDER + "/*.cu"))]
    architectures = "75,80,86,89,90,100,120" if given.arch == "all" else given.arch
    print("| kernel | sm | registers | spilled | shared | warps | instructions | loop | fma | share | rest of the loop |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for file, start in wanted:
            for element in given.type.split(","):
                for architecture in architectures.split(","):
                    uses, code = compile(nvcc, os.path.join(FOLDER, file + ".cu"), element, architecture, folder)
                    for kernel in sorted(k for k in uses if k.startswith(start)):
                        registers, spilled, shared = uses[kernel]
                        all = instructions(code[".text." + kernel], int(architecture) >= 90)
                        loop = largest_loop(all)
                        loop = way(loop) if loop else loop
                        rest = mix(loop)
                        if given.names:
                            rest = dict(collections.Counter(i.name for i in loop).most_common())
                        fma = sum(i.kind == "fma" for i in loop)
                        share = "%.0f %%" % (100 * fma / len(loop)) if loop else ""
                        print("| %s %s | %s | %d | %d | %d | %d | %d | %d | %d | %s | %s |" % (
                            kernel, element, architecture, registers, spilled, shared, warps(registers, architecture), len(all), len(loop), fma, share,
                            ", ".join("%d %s" % (n, k) for k, n in rest.items() if k != "fma")))


main()
