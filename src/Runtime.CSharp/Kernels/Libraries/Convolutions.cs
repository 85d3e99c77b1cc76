using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Convolutions of f32 by the provider that the table names for them.</summary>
internal static class Convolutions
{
    /// <summary>Multiply-adds below which making a plan would not pay.</summary>
    private const double LeastWork = 1 << 20;

    /// <summary>The way of a library for this convolution; null where managed kernels run it.</summary>
    internal static NativeConvolver? Of(in ConvolutionGeometry geometry, ConvolutionLayout layout) => Of(Providers.Default, geometry, layout);

    /// <summary>The same by other providers, for tests and for measuring.</summary>
    internal static NativeConvolver? Of(Providers providers, in ConvolutionGeometry geometry, ConvolutionLayout layout)
    {
        double work = (double)geometry.Batch * geometry.OutputChannels * geometry.OutputSize * geometry.GroupInputs * geometry.WindowSize;
        if (providers.Calls is null || work < LeastWork || NativeConvolution.Of(geometry, layout) is not { } shape)
        {
            return null;
        }

        Operation operation = Operation.Convolution + (int)shape.Kind;
        Provider provider = providers.Choose(operation, DType.F32, Math.Min(shape.Inputs, shape.Outputs) / shape.Groups);
        return provider == Provider.Managed ? null : NativeConvolver.Of(providers.Calls, providers.Library(provider), shape, work);
    }
}
