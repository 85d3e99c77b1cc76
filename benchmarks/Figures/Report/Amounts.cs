namespace Figures.Report;

/// <summary>Numbers as they stand in tables: three digits and a unit that suits.</summary>
internal static class Amounts
{
    private static readonly (double Size, string Name)[] Times = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")];
    private static readonly (double Size, string Name)[] Sizes = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")];

    /// <summary>An amount in its unit.</summary>
    public static string Text(double amount, Unit unit) => unit switch
    {
        Unit.Time => Scaled(amount, Times),
        Unit.Bytes => Scaled(amount, Sizes),
        _ => Digits(amount),
    };

    /// <summary>A ratio, with two places as long as it is small.</summary>
    public static string Ratio(double ratio) => ratio < 10 ? ratio.ToString("0.00") : Digits(ratio);

    /// <summary>Three digits, without an exponent.</summary>
    public static string Digits(double number) => Math.Abs(number) switch
    {
        double.NaN => "–",
        0 => "0",
        < 9.995 => number.ToString("0.00"),
        < 99.95 => number.ToString("0.0"),
        _ => number.ToString("#,0"),
    };

    private static string Scaled(double amount, (double Size, string Name)[] units)
    {
        (double size, string name) = units.FirstOrDefault(unit => Math.Abs(amount) >= unit.Size * 0.9995, units[^1]);
        return $"{Digits(amount / size)} {name}";
    }
}
