using Adjoint.Compile.Emit;
using Adjoint.Compile.Fusion;
using Adjoint.Compile.Methods;
using Adjoint.Compile.Nests;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Runs regions as programs of the loop language, and every other node as its own kernel.</summary>
/// <param name="engine">What makes programs ready.</param>
internal sealed class RegionKernels(ILoopEngine engine) : KernelSource
{
    internal override Kernel? Of(Node node) =>
        node.Primitive is not Fused fused ? base.Of(node)
        : TurnedAlone(fused) is { } permute ? base.Of(permute)
        : Program(fused) is { } program ? new LoopKernel(program, engine, InPlaceResults.Of(program)) : base.Of(node);

    /// <summary>The node of a region that does nothing but turn its operand's last axis, which a kernel does in squares.</summary>
    private static Node? TurnedAlone(Fused fused) =>
        fused.Body.Graph is { Nodes: [{ Primitive: Permute { Permutation: { Count: > 0 } axes } } node], Parameters.Length: 1, Results.Length: 1 }
        && axes[^1] != axes.Count - 1
            ? node
            : null;

    /// <summary>
    /// The program of a region: a nest where all of it is loops over one array, a method where it is small or has loops of its own; null where
    /// there is none, or it would be too long.
    /// </summary>
    internal static LoopProgram? Program(Fused fused)
    {
        Graph body = fused.Body.Graph;
        try
        {
            return !SmallWork.Fits(body) ? Nest.Lower(body, fused.Name)
                : (FuseLarge.IsOne(body) ? Nest.Lower(body, fused.Name) : null) ?? RegionLowering.Lower(body, fused.Name);
        }
        catch (TooLongException)
        {
            return null;
        }
    }
}
