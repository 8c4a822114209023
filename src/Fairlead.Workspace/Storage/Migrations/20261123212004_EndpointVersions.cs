using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Fairlead.Workspace.Storage.Migrations
{
    /// <inheritdoc />
    public partial class EndpointVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "EndpointVersions",
                columns: table => new
                {
                    Endpoint = table.Column<string>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Service = table.Column<string>(type: "TEXT", nullable: false),
                    Position = table.Column<int>(type: "INTEGER", nullable: false),
                    TrafficPercentile = table.Column<decimal>(type: "TEXT", nullable: false),
                    IsDefault = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsControl = table.Column<bool>(type: "INTEGER", nullable: false),
                    HasServed = table.Column<bool>(type: "INTEGER", nullable: false),
                    IsLeaving = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_EndpointVersions", x => new { x.Endpoint, x.Name });
                    table.ForeignKey(
                        name: "FK_EndpointVersions_Services_Endpoint",
                        column: x => x.Endpoint,
                        principalTable: "Services",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_EndpointVersions_Services_Service",
                        column: x => x.Service,
                        principalTable: "Services",
                        principalColumn: "Name",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_EndpointVersions_Service",
                table: "EndpointVersions",
                column: "Service",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "EndpointVersions");
        }
    }
}
