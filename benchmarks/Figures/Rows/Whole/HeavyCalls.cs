using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Primitives;

namespace Figures.Rows;

/// <summary>A convolution or product of a graph, in the numbers that benchmarks/Native/bare.cpp takes, and how often it runs.</summary>
internal readonly record struct HeavyCall(string Entry, Ints Numbers, double Times)
{
    /// <summary>All of a graph as it was traced, those in bodies too.</summary>
    public static IEnumerable<HeavyCall> Of(Graph graph, double times = 1) => graph.Nodes.SelectMany(node => Of(node, times));

    private static IEnumerable<HeavyCall> Of(Node node, double times) => node.Primitive switch
    {
        ConvGeneral conv => OfConvolution(conv, node, times),
        DotGeneral dot => [OfProduct(dot, node, times)],
        Scan scan => Of(scan.Step.Graph, times * scan.Length),
        Call call => Of(call.Body.Graph, times),
        _ => [],
    };

    private static HeavyCall OfProduct(DotGeneral dot, Node node, double times)
    {
        Shape left = node.Operands[0].Tensor.Shape;
        Shape right = node.Operands[1].Tensor.Shape;
        int batch = left.Select(dot.LeftBatch).Size;
        int terms = left.Select(dot.LeftContract).Size;
        return new("bare_product", new([batch, left.Size / (batch * terms), right.Size / (batch * terms), terms]), times);
    }

    private static IEnumerable<HeavyCall> OfConvolution(ConvGeneral conv, Node node, double times)
    {
        var view = new ConvView(conv, node.Operands[0].Tensor.Shape, node.Operands[1].Tensor.Shape);
        var geometry = ConvolutionGeometry.Create(
            view.ResultImages, view.Channels, view.Outputs / conv.BatchGroups, conv.FeatureGroups, view.Axes, conv.ReverseWindow);
        if (NativeConvolution.Of(geometry, ConvolutionLayout.Dense(geometry)) is not { Axes: 2 } c)
        {
            return [];
        }

        long[] numbers =
        [
            (long)c.Kind, c.Images, c.Groups, c.Inputs, c.Outputs, c.Input[0], c.Input[1], c.Window[0], c.Window[1], c.Output[0], c.Output[1],
            c.Stride[0], c.Stride[1], c.Dilation[0], c.Dilation[1], c.Low[0], c.Low[1],
        ];
        return [new("bare_convolution", new(numbers.Select(number => (int)number)), times)];
    }
}
