using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Convolutions of f32 by the provider that the table names for them.</summary>
internal static class Convolutions
{
    /// <summary>Multiply-adds below which making a plan would not pay.</summary>
    private const double LeastWork = 1 << 20;

    /// <summary>Channels, or groups of one channel, that fill a vector half.</summary>
    private const int LeastDepth = 8;

    /// <summary>Channels from which a convolution is faster with them innermost.</summary>
    private const int LeastForward = 3;

    /// <summary>Elements of all outputs' planes from which packing a filter pays, and input channels from which that counts.</summary>
    private const long LeastPlaces = 96;

    private const int LeastForPacking = 128;

    /// <summary>Input channels from which the gradient by the input is.</summary>
    private const int LeastByInput = 4;

    /// <summary>The way of a library for this convolution; null where managed kernels run it.</summary>
    internal static NativeConvolver? Of(in NativeConvolution shape) => Of(Providers.Default, shape);

    /// <summary>The same by other providers, for tests and for measuring.</summary>
    internal static NativeConvolver? Of(Providers providers, in NativeConvolution shape)
    {
        double work = shape.Work;
        if (providers.Convolutions is not { } calls || work < LeastWork)
        {
            return null;
        }

        // Channels lie innermost where a library was preferred before.
        bool isLast = shape.InputChannel == 1 || shape.OutputChannel == 1;
        long channels = isLast ? long.MaxValue : Math.Min(shape.Inputs, shape.Outputs) / shape.Groups;
        Provider provider = providers.Choose(Operation.Convolution + (int)shape.Kind, DType.F32, channels);
        return provider == Provider.Managed ? null : NativeConvolver.Of(calls, providers.Library(provider), shape, work);
    }

    /// <summary>Whether a library runs such convolutions best with channels innermost.</summary>
    internal static bool PrefersLast(in NativeConvolution shape)
    {
        Providers providers = Providers.Default;
        (long inputs, long outputs, long groups) = (shape.Inputs / shape.Groups, shape.Outputs / shape.Groups, shape.Groups);
        bool byChannel = groups >= LeastDepth && inputs == 1 && outputs == 1;
        bool wide = groups == 1 && shape.Kind switch
        {
            ConvolutionKind.Forward => inputs >= LeastForward && outputs >= LeastForward && (inputs < LeastForPacking || shape.Places >= LeastPlaces),
            ConvolutionKind.ByInput => inputs >= LeastByInput,
            _ => outputs >= LeastForward,
        };
        return shape.Work >= LeastWork
            && (byChannel || wide || (groups > 1 && Math.Min(inputs, outputs) >= LeastDepth))
            && providers.Convolutions is not null
            && providers.Choose(Operation.Convolution + (int)shape.Kind, DType.F32, long.MaxValue) != Provider.Managed;
    }
}
