using Adjoint.Compile;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>Makes the kernels of a graph's regions, several at a time: of equal ones one, and none for those that are remembered.</summary>
/// <remarks>A kernel that may fail serves one node alone: its errors say where that comes from.</remarks>
internal static class RegionTable
{
    /// <summary>The kernels of these nodes, all of which are regions; none where a region cannot be one.</summary>
    internal static Dictionary<Node, Kernel> Of(IEnumerable<Node> nodes, KernelSource kernels, KernelCache? cache, IParallel parallel)
    {
        Node[][] regions = [.. nodes.GroupBy(node => (Fused)node.Primitive).Select(group => group.ToArray()).OrderByDescending(Size)];
        var made = new Kernel?[regions.Length][];
        parallel.For(regions.Length, i => made[i] = Make(regions[i], kernels, cache));
        var table = new Dictionary<Node, Kernel>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < regions.Length; i++)
        {
            for (int k = 0; k < regions[i].Length; k++)
            {
                if (made[i][k] is { } kernel)
                {
                    table.Add(regions[i][k], kernel);
                }
            }
        }

        return table;
    }

    /// <summary>The largest are begun first, so that all threads end at about the same time.</summary>
    private static int Size(Node[] region) => ((Fused)region[0].Primitive).Body.Graph.Nodes.Length;

    /// <summary>The kernels of nodes whose regions are equal.</summary>
    private static Kernel?[] Make(Node[] nodes, KernelSource kernels, KernelCache? cache)
    {
        var region = (Fused)nodes[0].Primitive;
        var made = new Kernel?[nodes.Length];
        if (cache is null || !cache.TryGet(region, out LoopKernel? shared))
        {
            made[0] = kernels.Of(nodes[0]);
            if (made[0] is not LoopKernel { MayFail: false } own)
            {
                for (int i = 1; i < nodes.Length; i++)
                {
                    made[i] = kernels.Of(nodes[i]);
                }

                return made;
            }

            shared = cache?.Keep(region, own) ?? own;
        }

        Array.Fill(made, shared);
        return made;
    }
}
