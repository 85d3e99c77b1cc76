using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Convolutions of f32 by the provider that the table names for them.</summary>
internal static class Convolutions
{
    /// <summary>Multiply-adds below which making a plan would not pay.</summary>
    private const double LeastWork = 1 << 20;

    /// <summary>Channels, or groups of one channel, that fill a vector half: with fewer whatever stands between convolutions loses more than they gain.</summary>
    private const int LeastDepth = 8;

    /// <summary>Channels of an image that is given: nothing stands before its convolution.</summary>
    private const int Colours = 3;

    /// <summary>Outputs from which a convolution is faster with channels innermost.</summary>
    private const int LeastForward = 3;

    /// <summary>Elements of all outputs' planes from which packing a filter pays, and input channels from which that counts.</summary>
    private const long LeastPlaces = 96;

    private const int LeastForPacking = 128;

    /// <summary>The way of a library for this convolution; null where managed kernels run it.</summary>
    internal static Convolver? Of(in NativeConvolution shape) => Of(Providers.Default, shape);

    /// <summary>The same by other providers, for tests and for measuring.</summary>
    internal static Convolver? Of(Providers providers, in NativeConvolution shape)
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
        return provider switch
        {
            Provider.Managed => null,
            Provider.Highway => providers.Direct is { } direct ? DirectConvolver.Of(direct, shape, work) : null,
            _ => NativeConvolver.Of(calls, providers.Library(provider), shape, work),
        };
    }

    /// <summary>Whether a library runs such convolutions best with channels innermost.</summary>
    internal static bool PrefersLast(in NativeConvolution shape)
    {
        Providers providers = Providers.Default;
        (long inputs, long outputs, long groups) = (shape.Inputs / shape.Groups, shape.Outputs / shape.Groups, shape.Groups);
        bool byChannel = groups >= LeastDepth && inputs == 1 && outputs == 1;
        bool fills = inputs == Colours || inputs >= LeastDepth;
        bool wide = groups == 1 && shape.Kind switch
        {
            ConvolutionKind.Forward => fills && outputs >= LeastForward && (inputs < LeastForPacking || shape.Places >= LeastPlaces),
            ConvolutionKind.ByInput => inputs >= LeastDepth,
            _ => (fills || inputs < Colours) && outputs >= LeastDepth,
        };
        return shape.Work >= LeastWork
            && (byChannel || wide || (groups > 1 && Math.Min(inputs, outputs) >= LeastDepth))
            && providers.Convolutions is not null
            && providers.Choose(Operation.Convolution + (int)shape.Kind, DType.F32, long.MaxValue) != Provider.Managed;
    }
}
