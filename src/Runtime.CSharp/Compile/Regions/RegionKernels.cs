using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Regions;

/// <summary>Runs regions as programs of the loop language, and every other node as its own kernel.</summary>
/// <param name="engine">What makes programs ready.</param>
internal sealed class RegionKernels(ILoopEngine engine) : KernelSource
{
    internal override Kernel? Of(Node node) =>
        node.Primitive is Fused fused && Program(fused) is { } program ? new LoopKernel(program, engine) : base.Of(node);

    private static LoopProgram? Program(Fused fused) =>
        Lowerable.Takes(fused.Body.Graph) ? RegionLowering.Lower(fused.Body.Graph, fused.Name) : null;
}
