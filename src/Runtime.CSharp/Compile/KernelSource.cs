using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Compile.Emit;
using Adjoint.Compile.Memory;
using Adjoint.Compile.Regions;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Loops.Blocks;

namespace Adjoint.Compile;

/// <summary>Says which kernel a node runs as.</summary>
/// <remarks>A kernel is asked for once a plan, where every result of the node is a tensor.</remarks>
internal class KernelSource
{
    /// <summary>The kernels that primitives lower to by themselves.</summary>
    internal static readonly KernelSource Single = new();

    /// <summary>The same, and precompiled code for regions.</summary>
    internal static readonly KernelSource Blocks = new RegionKernels(new BlockEngine());

    /// <summary>The same, with machine code for regions where that can be made.</summary>
    internal static readonly KernelSource Default = RuntimeFeature.IsDynamicCodeSupported ? new RegionKernels(new IlEngine()) : Blocks;

    /// <summary>The same kernels, which say what memory they take but cannot run.</summary>
    internal static readonly KernelSource Sizes = new RegionKernels(new SizesEngine());

    /// <summary>No kernels: every node is evaluated plainly.</summary>
    internal static readonly KernelSource None = new NoKernels();

    /// <summary>The kernel of a node, or null where it is evaluated plainly.</summary>
    internal virtual Kernel? Of(Node node) => node.Primitive.Lower(TypesOf(node));

    /// <summary>The operands' types.</summary>
    protected static ImmutableArray<ValueType> TypesOf(Node node)
    {
        var types = ImmutableArray.CreateBuilder<ValueType>(node.Operands.Length);
        foreach (Value operand in node.Operands)
        {
            types.Add(operand.Type);
        }

        return types.MoveToImmutable();
    }

    private sealed class NoKernels : KernelSource
    {
        internal override Kernel? Of(Node node) => null;
    }
}
