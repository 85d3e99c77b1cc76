using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>How many lanes of a loop run at a time.</summary>
/// <param name="Main">While enough are left.</param>
/// <param name="Rest">Afterwards.</param>
internal readonly record struct LaneWidths(int Main, int Rest)
{
    /// <summary>Several vectors where the body is short, so that their latencies overlap; fewer where it is long and registers are few.</summary>
    internal static LaneWidths Of(ForItem loop, Demands demands, LaneKinds kinds, int bytes)
    {
        int instructions = 0;
        bool hasFour = loop.Reductions.Any(reduction => demands.IsNeeded(reduction.Result) && reduction.Element.Type.Size() < 8);
        foreach (LoopItem item in BlockWalk.All(loop.Body))
        {
            if (item is LoopValue value && demands.IsNeeded(value))
            {
                instructions += kinds[value].Varies ? 1 : 0;
                hasFour |= demands.AsVector(value, 4);
            }

            hasFour |= BlockWalk.Read(item).Any(operand => demands.AsVector(operand, 4));
        }

        int rest = bytes / (hasFour ? 4 : 8);
        int vectors = instructions <= 16 ? 4 : instructions <= 64 ? 2 : 1;
        return new(rest * vectors, rest);
    }
}
