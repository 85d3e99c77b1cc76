using System.Numerics;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>How many lanes of a loop run at a time.</summary>
/// <param name="Main">While enough are left; 0 where all run as the rest does.</param>
/// <param name="Rest">Afterwards, some of which may be past the end.</param>
/// <param name="IsShort">Whether the body may be written a few times.</param>
/// <param name="Repeat">How often a step of the main loop does so, one after another: as often as partial results of reductions need to stay in registers.</param>
internal readonly record struct LaneWidths(int Main, int Rest, bool IsShort, int Repeat)
{
    /// <summary>Vectors of instructions that a step of the main loop may have so that it is repeated.</summary>
    private const int LongStep = 256;

    /// <summary>A body of more instructions is not written more often than it must be.</summary>
    private const int ShortBody = 24;

    /// <summary>A body of more instructions is cut into methods, and written once.</summary>
    private const int LongBody = 300;

    /// <summary>Lanes of a step of the main loop.</summary>
    internal int Step => Main * Repeat;

    /// <summary>Several vectors where the body is short, so that their latencies overlap; fewer where it is long and registers are few.</summary>
    internal static LaneWidths Of(ForItem loop, Demands demands, LaneKinds kinds, int bytes)
    {
        int instructions = 0;
        bool isByLane = false;
        bool hasFour = loop.Reductions.Any(reduction => demands.IsNeeded(reduction.Result) && reduction.Element.Type.Size() < 8);
        foreach (LoopItem item in BlockWalk.All(loop.Body))
        {
            if (item is LoopValue value && demands.IsNeeded(value))
            {
                instructions += kinds[value].Varies ? 1 : 0;
                hasFour |= demands.AsVector(value, 4);
                isByLane |= value.Op == LoopOp.Load && kinds[value.Operands[0]] is { Varies: true, Stride: not 1 };
            }

            hasFour |= BlockWalk.Read(item).Any(operand => demands.AsVector(operand, 4));
        }

        int rest = bytes / (hasFour ? 4 : 8);
        if (instructions > LongBody)
        {
            return new(0, rest, false, 1);
        }

        int vectors = isByLane ? 1 : Math.Min(Vectors(instructions, bytes), LanePressure.Vectors(loop, demands, kinds, bytes, rest));
        vectors = AtMost(loop.Count, vectors, rest);
        int partials = MethodWriter.PartialBytes / bytes;
        bool isRepeated = loop.Reductions.Any(reduction => demands.IsNeeded(reduction.Result))
            && instructions * partials <= LongStep && loop.Count.Most >= rest * partials;
        if (isRepeated)
        {
            vectors = Math.Min(1 << BitOperations.Log2((uint)vectors), partials);
        }

        return new(rest * vectors, rest, instructions <= ShortBody, isRepeated ? partials / vectors : 1);
    }

    /// <summary>Measured with functions of 20 to 60 instructions on Zen 4; vectors of 64 bytes come with twice the registers.</summary>
    private static int Vectors(int instructions, int bytes) => bytes == 64
        ? instructions <= 40 ? 4 : instructions <= 64 ? 3 : instructions <= 128 ? 2 : 1
        : instructions <= 16 ? 4 : instructions <= 64 ? 2 : 1;

    /// <summary>No more vectors than a short loop has.</summary>
    private static int AtMost(LoopValue count, int vectors, int rest) =>
        count.Most < (long)vectors * rest ? (int)Math.Max(count.Most / rest, 1) : vectors;
}
