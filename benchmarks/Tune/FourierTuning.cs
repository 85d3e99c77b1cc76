using System.Globalization;
using System.Numerics;
using System.Text;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Fourier;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>From which length on MKL transforms lines better than the runtime: as many lines as fill a second-level cache by half.</summary>
internal static class FourierTuning
{
    private const int Rounds = 15;
    private const int Numbers = 1 << 15;

    /// <summary>A change of provider has to be worth it.</summary>
    private const double Gain = 0.97;

    internal static void Add(StringBuilder text, Action<string> show)
    {
        if (Providers.Default.Library(Provider.Mkl) != 0 && Providers.Default.Fourier is not null)
        {
            Add<float>(DType.F32, text, show);
            Add<double>(DType.F64, text, show);
        }
    }

    private static void Add<T>(DType type, StringBuilder text, Action<string> show)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ProviderTable always = ProviderTable.Parse($"fourier {type.Name()} 1 mkl");
        Providers native = Providers.Of(KernelLibrary.Default, always);
        Provider last = Provider.Managed;
        foreach (int length in new[] { 4, 8, 16, 64, 256, 1024, 4096, Numbers })
        {
            var box = new FourierBox(Numbers / length, length, 1, false);
            double[] seconds = Seconds<T>(FourierTransform<T>.Of(length, box.Lines), NativeFourier<T>.Of(native, box)!, box);
            bool library = last == Provider.Mkl ? seconds[1] <= seconds[0] / Gain : seconds[1] < Gain * seconds[0];
            Provider chosen = library ? Provider.Mkl : Provider.Managed;
            show(string.Create(
                CultureInfo.InvariantCulture,
                $"fourier {type.Name()} {length}: managed {seconds[0] * 1e3:F3}, mkl {seconds[1] * 1e3:F3} ms: {chosen.Text()}"));
            if (chosen != last)
            {
                text.Append(CultureInfo.InvariantCulture, $"fourier {type.Name()} {length} {chosen.Text()}\n");
            }

            last = chosen;
        }
    }

    /// <summary>The median seconds of the managed kernel and of MKL, each as the runtime calls it on one thread.</summary>
    private static unsafe double[] Seconds<T>(FourierTransform<T> managed, NativeFourier<T> native, FourierBox box)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] x = [.. Enumerable.Range(0, 2 * Numbers).Select(i => T.CreateChecked(((i * 7 % 13) - 6) / 8.0))];
        T[] y = new T[x.Length];
        return Clock.Alone(Rounds, () => Run(managed, x, y, box), () => Run(native, x, y, box));
    }

    private static unsafe void Run<T>(FourierTransform<T> transform, T[] x, T[] y, FourierBox box)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* from = x, to = y)
        {
            transform.Run(from, to, box, Serial.Instance);
        }
    }
}
