using System.Text;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Tune;

// Measures the providers of each operation at each size on this machine, and writes the table that the runtime reads.
//   Adjoint.Tune FILE      measure and write
//   Adjoint.Tune --figures [SIZE…]   products through the runtime beside the best bare call of a library, sorts, gathers and random numbers
//   Adjoint.Tune --convolutions   the convolutions of well-known networks, beside oneDNN's bare calls
//   Adjoint.Tune --factors [SIZE…]   factorizations likewise
//   Adjoint.Tune --attention [LENGTH…]   attention over blocks beside bare calls of its products
//   Adjoint.Tune --describe   what the runtime finds and chooses
if (args is ["--describe", ..])
{
    Console.Write(Adjoint.Execute.Runtime.Describe());
    return 0;
}

if (!KernelLibrary.Default.IsAvailable)
{
    Console.Error.WriteLine(KernelLibrary.Default.Description);
    return 1;
}

if (args is ["--convolutions"])
{
    ConvolutionFigures.Print();
    return 0;
}

if (args is ["--figures", .. string[] sizes])
{
    ProductFigures.Print([.. sizes.Select(int.Parse)]);
    if (Providers.Default.Simd is not null)
    {
        SortFigures.Print();
    }

    ArrayFigures.Print();
    return 0;
}

if (args is ["--attention", .. string[] lengths])
{
    AttentionFigures.Print([.. lengths.Select(int.Parse)]);
    return 0;
}

if (args is ["--factors", .. string[] orders])
{
    FactorTuning.Print([.. orders.Select(int.Parse)]);
    return 0;
}

if (args is not [string file])
{
    Console.Error.WriteLine("Say which file to write.");
    return 1;
}

var table = new StringBuilder($"# measured on {Environment.MachineName}, {Environment.ProcessorCount} processors\n");
ProductTuning.Add(table, Console.WriteLine);
ConvolutionTuning.Add(table, Console.WriteLine);
FactorTuning.Add(table, Console.WriteLine);
SortTuning.Add(table, Console.WriteLine);
FourierTuning.Add(table, Console.WriteLine);
ProviderTable.Parse(table.ToString());
string fresh = file + ".fresh";
File.WriteAllText(fresh, table.ToString());
File.Move(fresh, file, overwrite: true);
Console.WriteLine($"wrote {file}");
return 0;
